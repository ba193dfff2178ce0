"""What every section of a recipe shares: frozen, strict, finite."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Weight = Annotated[float, Field(ge=0)]
# Names, or how many. Strict: the speaker "03" is no count of three.
Speakers = tuple[str, ...] | Annotated[int, Field(strict=True, ge=0)]


class Section(BaseModel):
    """Values that refuse unknown keys and cannot be changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
