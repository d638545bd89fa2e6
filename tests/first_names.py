"""More than 500 of the most common first names of English-speaking countries; many are everyday words too."""

_NAMES = """
James Mary Michael Patricia John Jennifer Robert Linda David Elizabeth William Barbara Richard Susan Joseph Jessica
Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Betty Mark Ashley Donald Emily Steven
Kimberly Andrew Margaret Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa Timothy Deborah Ronald
Stephanie George Rebecca Jason Sharon Edward Laura Jeffrey Cynthia Ryan Dorothy Jacob Amy Nicholas Kathleen Gary Angela
Eric Shirley Jonathan Emma Stephen Brenda Larry Pamela Justin Nicole Scott Anna Brandon Samantha Benjamin Katherine
Samuel Christine Gregory Debra Alexander Rachel Patrick Carolyn Frank Janet Raymond Maria Jack Olivia Dennis Heather
Jerry Helen Tyler Catherine Aaron Diane Jose Julie Adam Victoria Nathan Joyce Henry Lauren Zachary Kelly Douglas
Christina Peter Ruth Kyle Joan Noah Virginia Ethan Judith Jeremy Evelyn Christian Hannah Walter Andrea Keith Megan
Austin Cheryl Roger Jacqueline Terry Madison Sean Teresa Gerald Abigail Carl Sophia Dylan Martha Harold Sara Jordan
Gloria Jesse Janice Bryan Kathryn Lawrence Ann Arthur Isabella Gabriel Judy Bruce Charlotte Logan Julia Billy Grace Joe
Amber Alan Alice Juan Jean Elijah Denise Willie Frances Albert Danielle Wayne Marilyn Randy Natalie Mason Beverly
Vincent Diana Liam Brittany Roy Theresa Bobby Kayla Caleb Alexis Bradley Doris Russell Lori Lucas Tiffany Philip Eugene
Louis Johnny Dale Francis Howard Leonard Fred Shawn Travis Victor Todd Curtis Chad Leroy Marvin Danny Barry Ernest
Clarence Phillip Jimmy Craig Allen Glenn Chris Marcus Shane Derek Corey Jared Dustin Cody Brett Joel Erik Edwin Micheal
Alex Ian Evan Seth Trevor Luke Connor Hunter Isaac Jackson Owen Aiden Wyatt Grayson Leo Levi Julian Ezra Asher Miles
Lincoln Nolan Carter Sebastian Mateo Jayden Theodore Oliver Hudson Ezekiel Maverick Josiah Elias Cooper Easton Ryder
Colton Carson Xavier Jaxon Landon Parker Weston Roman Axel Everett Bennett Brooks Silas Kai Rowan Beau Wesley Waylon
Bella Nora Lily Eleanor Hazel Violet Aurora Lucy Audrey Bertha Edna Ethel Florence Irene Josephine Louise Mildred Rose
Thelma Norma Phyllis Lois Paula Peggy Bonnie Connie Wanda Rita Juanita Ellen Annie Eva Emma Ida Edith Elsie Clara Marie
Ruby Hattie Gladys Vera Pearl Lillian June April May Faith Hope Joy Dawn Crystal Summer Autumn Amber Ivy Daisy Iris
Holly Jade Paige Mia Ava Harper Luna Camila Gianna Ella Mila Avery Sofia Scarlett Aria Penelope Chloe Layla Riley Zoey
Nova Emilia Zoe Stella Everly Isla Leah Lillian Addison Willow Naomi Elena Maya Natalia Claire Skylar Savannah Caroline
Genesis Kennedy Kinsley Allison Madelyn Adeline Serenity Eliana Gabriella Autumn Quinn Piper Sadie Hailey Rylee Lydia
Delilah Jasmine Valentina Eden Brooklyn Brianna Kaylee Alyssa Taylor Courtney Erin Erica Kristen Katie Lindsay Kristin
Monica Vanessa Veronica Wendy Tammy Tina Tracy Dana Robin Stacy Jamie Jill Gail Anita Sherry Marcia Regina Sheila Sylvia
Yvonne Valerie Vivian Carmen Rosa Marjorie Lorraine Maureen Geraldine Loretta Roberta Sally Suzanne Charlene Darlene
Ricky Ray Tony Rodney Lee Dan Don Jim Tom Tim Ben Sam Will Bill Grant Chase Chance Drew Max Ty Jay Guy Art Rich Pat Sue
Ali Ana Eli Ira Amir Omar Mohamed Luis Carlos Miguel Angel Jesus Antonio Diego Fernando Jorge Manuel Mario Pedro Ramon
Ricardo Ruben Sergio Javier Alejandro Hector Oscar Eduardo Cesar Raul Marco Ivan Andre Dominic Damian Felix Simon Oscar
Rene Neil Ross Clark Dean Glen Kurt Clyde Floyd Herman Lloyd Milton Norman Ralph Warren Wallace Willard Stanley Sidney
"""
FIRST_NAMES = frozenset(_NAMES.split())
