"""What a list did is kept as it was written; a list goes forward only, and its rows stay once it is committed."""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

_FROZEN = (
    "EXISTS (SELECT 1 FROM enrolment_departmentlist l WHERE l.id = OLD.department_list_id AND l.state <> 0)"
)
_BACKWARDS = "(NEW.state < OLD.state OR OLD.state = 2 OR NEW.plan_hash <> OLD.plan_hash AND OLD.state <> 0)"
_ROW = "名单行在入库之后不能修改或删除 (rows of a committed list stay)"
_LIST = "名单只能由试导入到入库到撤回，不能倒退 (a list goes forward only)"


def _raising(name: str, said: str, condition: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )


def _aborting(table: str, event: str, said: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
    )


class Migration(migrations.Migration):
    """Guards of lists."""

    dependencies = [("enrolment", "0003_department_lists")]

    operations = [
        append_only("enrolment_listeffect"),
        by_engine(
            postgresql=[
                _raising("yibao_list_row_stays", _ROW, _FROZEN),
                "CREATE TRIGGER enrolment_listrow_stays BEFORE UPDATE OR DELETE ON enrolment_listrow "
                "FOR EACH ROW EXECUTE FUNCTION yibao_list_row_stays()",
                _raising("yibao_list_forward", _LIST, _BACKWARDS),
                "CREATE TRIGGER enrolment_list_forward BEFORE UPDATE ON enrolment_departmentlist "
                "FOR EACH ROW EXECUTE FUNCTION yibao_list_forward()",
            ],
            sqlite=[
                _aborting("enrolment_listrow", "UPDATE", _ROW, _FROZEN),
                _aborting("enrolment_listrow", "DELETE", _ROW, _FROZEN),
                _aborting("enrolment_departmentlist", "UPDATE", _LIST, _BACKWARDS),
            ],
        ),
    ]
