"""What every table of ours has in common."""

from django.db import models


class Row(models.Model):
    """A row, which says of itself what it is and its number: never a name, for what is said reaches pages and logs."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
