"""Policies in fewer characters, or shared out over several, that mean the same.

>>> from idkeep.policy import PolicyKind, parse
>>> from idkeep.policy.minimise import minimise
>>> def reads(action: str) -> str:
...     return f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'
>>> text = f'{{"Version": "2012-10-17", "Statement": [{reads("s3:Get*")}, {reads("s3:List*")}]}}'
>>> found = minimise(parse(text, PolicyKind.IDENTITY))
>>> found.done
('statement 0, statement 1: made one, since they differ in Action alone',)
"""

from idkeep.policy.minimise.part import Document
from idkeep.policy.minimise.run import NotTheSame, Shorter, Wider, minimise, shrink
from idkeep.policy.minimise.split import SPLIT_KINDS, CanNotSplit, Split, split

__all__ = [
    "SPLIT_KINDS",
    "CanNotSplit",
    "Document",
    "NotTheSame",
    "Shorter",
    "Split",
    "Wider",
    "minimise",
    "shrink",
    "split",
]
