"""`yibao serve`, `officer`, `seal`: the console and the interface, who may sign in to them, and the audit sealed."""

import os
import secrets
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from yibao.cli.agency import agency_database, fail

HOST, PORT = "127.0.0.1", 8000
THIS_MACHINE = ("127.0.0.1", "localhost")


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址 (address to listen at)")] = HOST,
    port: Annotated[int, typer.Option("--port", help="端口 (port)")] = PORT,
    workers: Annotated[int, typer.Option("--workers", min=1, help="进程数 (processes)")] = 1,
) -> None:
    """打开经办台和接口 (serve the console and the interface for programs)."""
    os.environ.setdefault("YIBAO_SECRET_KEY", secrets.token_urlsafe(48))
    if host not in THIS_MACHINE and "YIBAO_HOSTS" not in os.environ:
        fail(
            "对外服务前，请用 YIBAO_HOSTS 写明域名，并在前面设置 HTTPS 代理 (name the host, put HTTPS before it)"
        )
    with agency_database():
        from granian.constants import Interfaces
        from granian.server import Server

        typer.echo(
            f"经办台 Console: http://{host}:{port}/　接口 API: http://{host}:{port}/api/v1/docs　Ctrl+C 停止"
        )
        Server(
            "yibao.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=1,
            log_enabled=False,
        ).serve()


def officer(
    username: Annotated[str, typer.Argument(help="登录名 (sign-in name)")],
    area: Annotated[str, typer.Option("--area", metavar="CODE", help="管辖地区 (area)")],
    role: Annotated[str, typer.Option("--role", help="角色 (role)")] = "administrator",
    shown_name: Annotated[str, typer.Option("--name", help="姓名 (name shown)")] = "",
    password: Annotated[
        str,
        typer.Option(
            "--password",
            envvar="YIBAO_PASSWORD",
            prompt="初始密码 Password",
            hide_input=True,
            confirmation_prompt=True,
            help="初始密码，最好由提示输入 (better typed when asked)",
        ),
    ] = "",
) -> None:
    """添加第一位管理员；其余人员由其在经办台添加 (add the first administrator; the console adds the others)."""
    with agency_database():
        from yibao.rights.actions import OfficerUnfit, add_officer, grant
        from yibao.rights.actors import Actor, Granted
        from yibao.rights.orders import GrantOrder, NewOfficer
        from yibao.rights.terms import Role

        if role not in set(Role):
            fail(f"没有角色 {role}；可用 Roles: {'、'.join(Role)}")
        terminal = Actor("terminal", (Granted(Role.ADMINISTRATOR, "000000"),), "terminal")
        try:
            add_officer(
                terminal, f"officer/{username}", NewOfficer(username, shown_name or username), password
            )
            order = GrantOrder(username, Role(role), area, date.today())  # noqa: DTZ011 - the clerk's own day
            grant(terminal, f"officer/{username}/{role}/{area}", order)
        except OfficerUnfit as unfit:
            fail(str(unfit))
        typer.echo(
            f"已添加 {username}；首次登录时设置动态口令 (added; sets up a second factor at first sign-in)"
        )


def seal(
    every: Annotated[
        int, typer.Option("--every", min=0, help="每隔几秒封存一次，0 为只封存一次 (seconds; 0: once)")
    ] = 0,
    heads: Annotated[
        Path | None,
        typer.Option("--heads", help="把链尾追加到这个文件，请存放在系统之外 (append each head to a file)"),
    ] = None,
) -> None:
    """封存审计记录，并说出链尾 (seal the audit and tell the head of the chain)."""
    with agency_database():
        from yibao.rights.audit import seal as sealed

        while True:
            head = sealed()
            line = f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {head.sequence} {head.chain_hash}"
            typer.echo(line)
            if heads is not None:
                with heads.open("a", encoding="utf-8") as stream:
                    stream.write(f"{line}\n")
            if every == 0:
                return
            time.sleep(every)
