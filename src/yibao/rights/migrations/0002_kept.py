"""Requests, proposals, decisions and the audit are kept as they were written; the chain begins."""

from django.db import migrations

from yibao.tables.guards import append_only, filled_once


def begin_chain(apps, editor):
    """The one row at the end of the chain."""
    apps.get_model("rights", "AuditHead").objects.create(pk=1, sequence=0, chain_hash="")


class Migration(migrations.Migration):
    """Guards of rights."""

    dependencies = [("rights", "0001_initial")]

    operations = [
        filled_once("rights_request", "reply"),
        append_only("rights_proposal"),
        append_only("rights_decision"),
        append_only("rights_auditrecord"),
        append_only("rights_auditseal"),
        migrations.RunPython(begin_chain, migrations.RunPython.noop),
    ]
