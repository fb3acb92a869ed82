"""The addresses of the log, as the API description tells them."""

from __future__ import annotations

from core.api.description import Operation, describe

LEVEL = ("L", "path", "string", "层，0 到 63")
NUMBER = ("N", "path", "string", "瓦片编号，每三位一组，前组加 x（x001/x234/067）")
WIDTH = ("W", "path", "string", "不满一片时的宽度，1 到 255")

for path, text, media, parameters in (
    ("/log/checkpoint", "最新的检查点（C2SP signed note）。", "text/plain; charset=utf-8", ()),
    ("/log/key", "日志的验证公钥（vkey）。", "text/plain; charset=utf-8", ()),
    ("/log/tile/{L}/{N}", "一片完整的哈希瓦片，256 个哈希。", "application/octet-stream", (LEVEL, NUMBER)),
    ("/log/tile/{L}/{N}.p/{W}", "一片不满的哈希瓦片。", "application/octet-stream", (LEVEL, NUMBER, WIDTH)),
    ("/log/tile/entries/{N}", "一束完整的日志条目。", "application/octet-stream", (NUMBER,)),
    ("/log/tile/entries/{N}.p/{W}", "一束不满的日志条目。", "application/octet-stream", (NUMBER, WIDTH)),
):
    describe(
        Operation(
            path=path,
            method="get",
            tag="存证日志",
            summary=text,
            parameters=parameters,
            answers={200: ("内容", media, None)},
            errors=(404,),
        )
    )
