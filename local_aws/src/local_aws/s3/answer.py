"""The response class of all answers."""

from werkzeug import Response


class Answer(Response):
    """A response that has a content type only where it is given one, as S3's empty answers have none."""

    default_mimetype = None
