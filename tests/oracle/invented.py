"""Invented people, organisations and subjects: nobody in a test register exists."""

from __future__ import annotations

from random import Random
from typing import Any

CHANNELS = ("in_person", "oral", "post_signed", "post_plain", "web", "email", "fax")
# Arrivals by these count as received only when confirmed (art. 31), so a submission comes first.
CONFIRMED_CHANNELS = ("post_plain", "web", "email", "fax")

SURNAMES = "甲乙丙丁戊己庚辛"
GIVEN_NAMES = ("一鸣", "二川", "三思", "四维", "五谷", "六合", "七星", "八方", "九歌", "十全")
ORGANISATIONS = {
    "commercial_enterprise": "云上虚构贸易有限公司",
    "research_institution": "虚构古镇研究所",
    "public_welfare_org": "虚构河流保护协会",
    "legal_service_org": "虚构天平律师事务所",
    "other_org": "虚构小区业主委员会",
}
MATTERS = ("征地补偿", "旧城改造", "环境监测", "学区划分", "道路养护", "财政预算", "采购合同", "规划许可")
PAPERS = ("批复文件", "会议纪要", "公示材料", "补偿标准", "验收报告", "明细表")


def applicant(rng: Random, kind: str) -> dict[str, Any]:
    """An applicant of that kind, sometimes with the private details a register may hold."""
    person = rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES)
    name = ORGANISATIONS.get(kind, person)
    found: dict[str, Any] = {"kind": kind, "name": f"{name}{rng.randint(1, 99)}"}
    if rng.random() < 0.3:
        found["ref"] = f"p-{rng.randint(1, 400)}"
    if rng.random() < 0.2:
        found["contact"] = {"phone": f"000-{rng.randint(1000, 9999)}", "address": "虚构路1号"}
    if rng.random() < 0.1:
        found["agent"] = {"name": person, "authority": "特别授权"}
    if rng.random() < 0.05:
        found["co_applicants"] = [{"name": rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES)}]
    return found


def subject(rng: Random) -> str:
    """What is asked for."""
    return f"{rng.choice(MATTERS)}的{rng.choice(PAPERS)}"
