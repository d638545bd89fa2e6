"""What notebook 08 alone uses: features of motion, a first baseline, pictures."""
