"""AWS's own refusal of a call that it understood."""

from moto.core.exceptions import ServiceException


class Refused(ServiceException):
    """Its code and its sentence. moto's serializers give it the form and status of AWS's model.

    Not moto's own class: that one belongs to no service, which its serializers stumble over.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
