"""Advertising words that need a second look (pure): phrase rules with an allow-list; a person decides.

广告法 arts. 9(3), 11 and 18.  The lint warns; it neither blocks nor rewrites.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordRule:
    word: str
    pattern: str
    article: str
    advice: str


@dataclass(frozen=True, slots=True)
class WordFinding:
    """A phrase found in ``field``: the words around it, the clause and what to write instead."""

    field: str
    phrase: str
    context: str
    article: str
    advice: str


_SUPERLATIVE = "广告法 第九条第（三）项"
_HEALTH = "广告法 第十八条"
_DATA = "广告法 第十一条"
_PLAIN = "写具体的规格、等级或检测结果。"

# 最近, 最后, 最多 n 箱, 最低温度 and the like say a time, a limit or a measurement, not praise.
_ZUI_ALLOWED = "近|后|初|终|早|晚|迟|多|少|小(?:包装|起订|购买)|大(?:购买|起订|限量|残留)|高(?:气温|温度|限)|低(?:气温|温度|起|购买)|终|外|内"
_FIRST_ALLOWED = (
    "章|产业|次|批|书记|款|条|项|天|版|步|季度|页|年|茬|道|轮|名单|周|期|期间|个(?:月|星期|周|步骤)|小学|中学|医院|中心"
)

RULES = (
    WordRule("最", rf"最(?!{_ZUI_ALLOWED})[\u4e00-\u9fff]{{1,2}}", _SUPERLATIVE, _PLAIN),
    WordRule("第一", rf"(?<!\d)第一(?!{_FIRST_ALLOWED})", _SUPERLATIVE, _PLAIN),
    WordRule("国家级", r"国家级(?!贫困|自然|农业产业化|森林)", _SUPERLATIVE, "有证书就写证书全名和编号。"),
    WordRule("顶级", r"顶级|顶尖|极品|绝品|绝无仅有|独一无二|史无前例", _SUPERLATIVE, _PLAIN),
    WordRule("唯一", r"唯一(?!编号|编码|标识|码|代码|序列)", _SUPERLATIVE, _PLAIN),
    WordRule("首个", r"首个|首家|首选|全网(?:首发|最)|销量冠军", _SUPERLATIVE, _PLAIN),
    WordRule("特供", r"特供|专供|领导人|国宴|中南海", "广告法 第九条第（二）项", "删去这几个字。"),
    WordRule("100%", r"(?:100|百分之百|百分百)\s*%?(?<=[%百])", _DATA, "写检测项目数和结果，注明来源。"),
    WordRule("零农残", r"(?:零|0|无|没有)(?:农残|农药(?:残留)?|添加|公害)", _DATA, "改为“检测 n 项，均未超过限量”。"),
    WordRule("纯天然", r"纯天然|全天然|纯绿色|绿色无污染", _DATA, "有认证就写认证名称和编号。"),
    WordRule(
        "治疗",
        r"治疗|治愈|疗效|药用|降(?:血)?(?:糖|压|脂)|抗癌|防癌|抗衰|预防(?:疾病|癌|感冒)|美容养颜|增强免疫|包治",
        _HEALTH,
        "农产品不能写疾病预防和治疗作用，删去这一句。",
    ),
    WordRule("正品", r"正品|真品|保真|假一赔", _DATA, "改为“记录可查，扫码核对”。"),
)
_COMPILED = tuple((rule, re.compile(rule.pattern)) for rule in RULES)


def normalise(text: str) -> str:
    """Full-width letters and signs as half-width, blanks between characters removed, so that spacing hides nothing."""
    return re.sub(r"[\s\u200b\-_*·.,，。]+(?=[\u4e00-\u9fff%])", "", unicodedata.normalize("NFKC", text))


def lint(texts: dict[str, str]) -> list[WordFinding]:
    """Every doubtful phrase in the given fields, in reading order; nothing found says nothing about truth."""
    found: list[WordFinding] = []
    for name, raw in texts.items():
        hits = []
        for sentence in re.split(r"[。；！？\n!?;]", raw or ""):
            text = normalise(sentence)
            for rule, pattern in _COMPILED:
                for match in pattern.finditer(text):
                    start, end = max(0, match.start() - 6), min(len(text), match.end() + 6)
                    hits.append(WordFinding(name, match.group(), text[start:end], rule.article, rule.advice))
        found.extend(hits)
    return found
