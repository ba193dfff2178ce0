"""American English phones of espeak-ng, written in ARPAbet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

# Each phone that espeak-ng's voice en-us gives for the words of the CMU
# dictionary, and the commonest answer of the dictionary to it.
_TABLE = """
    b=B d=D f=F h=HH j=Y k=K l=L m=M n=N p=P r=R s=S t=T v=V w=W x=K z=Z
    ð=DH ŋ=NG ɡ=G ɬ=L ɹ=R ɾ=T ʃ=SH ʒ=ZH ʔ=T θ=TH tʃ=CH dʒ=JH n̩=AH+N əl=AH+L
    i=IY iː=IY ɪ=IH ᵻ=IH ɛ=EH æ=AE ɐ=AH ə=AH ʌ=AH ɑː=AA ɔ=AO ɔː=AO ʊ=UH uː=UW
    ɚ=ER ɜː=ER ɔ̃=AO+N aɪ=AY aʊ=AW eɪ=EY oʊ=OW ɔɪ=OY iə=IY+AH aɪə=AY+AH
    aɪɚ=AY+ER ɑːɹ=AA+R ɔːɹ=AO+R oːɹ=AO+R ɛɹ=EH+R ɪɹ=IH+R ʊɹ=UH+R
"""
_ARPABET = {
    phone: tuple(counterpart.split("+"))
    for phone, counterpart in (pair.split("=") for pair in _TABLE.split())
}


def to_arpabet(phones: Iterable[str]) -> tuple[str, ...]:
    """ARPAbet phones without stress; empty if a phone has no counterpart.

    Args:
        phones: Phones of espeak-ng's voice en-us, without stress.

    Example:
        >>> to_arpabet(["f", "aɪɚ"])
        ('F', 'AY', 'ER')
        >>> to_arpabet(["ø"])
        ()
    """
    found = [_ARPABET.get(phone, ()) for phone in phones]
    return tuple(itertools.chain(*found)) if all(found) else ()
