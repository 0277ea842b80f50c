"""Headings and codes of an answer, in both languages at once: an answer is one document for either reader."""

from __future__ import annotations

from collections.abc import Mapping

Both = Mapping[str, str]


def _both(lines: str) -> dict[str, Both]:
    """``key | English | 中文`` a line."""
    cells = (line.split("|") for line in lines.strip().splitlines())
    return {key.strip(): {"en": english.strip(), "zh-Hans": chinese.strip()} for key, english, chinese in cells}


HEADS = _both("""
address | Address as written | 地址原文
at | When | 时间
basis | On what ground | 依据
birth | Date of birth | 出生日期
building | Building | 楼栋
came | How they came | 来到的原因
checked | Last asked | 最近核实
died | Day of death | 去世日期
document | Kind of document | 证件种类
education | Education | 受教育程度
ended | Ended | 结束时间
ending | Why it ended | 结束原因
endorsed | Endorsed | 签注
ethnicity | Ethnic group | 民族
expires | Document valid until | 证件有效期
field | What | 项目
from | From | 开始
helper | Who helps | 由谁帮助
here | In this community | 在本社区
how | How | 方式
kind | Kind | 类别
known | On the register since | 登记时间
landlord | Landlord | 房东
marital | Marriage | 婚姻状况
name | Name | 姓名
need | Help with | 需要的帮助
number | Number | 号码
on | Day | 日期
outcome | What came of it | 结果
phone | Telephone | 电话
probability | Likeness | 相似程度
recorded | Recorded | 记录时间
region | Region | 地区
register_no | File number of the source | 来源档案号
relation | Relation to the head | 与户主关系
role | Role | 岗位
said | Kind of residence | 居住类型
sex | Sex | 性别
source | Source | 来源
state | State | 状态
to | Until | 结束
told | What was said | 所述内容
unit | Unit | 单位
verified | Last seen | 最近一次核实
what | What | 内容
why | Purpose given | 说明的用途
""")

SECTIONS: dict[str, tuple[Both, str]] = {
    key: (title, columns)
    for (key, title), columns in zip(
        _both("""
identity | Who you are | 本人信息
numbers | Earlier document numbers | 曾用证件号码
residence | Where you live and lived | 居住情况
hukou | Household registration | 户籍
household | Household | 家庭户
needs | Help you need | 需要的帮助
permits | Residence permits | 居住证
applications | Applications for a permit | 居住证申请
tenancy | Renting and letting | 租住和出租
visits | Visits at your door | 上门走访
unseen | When files did not name you | 名册未核实到的时间
declarations | What was declared | 申报
questions | What was not sure | 待核实的问题
links | Records held to be you | 认定为同一人的记录
sources | Who vouches for what | 各项信息的来源
account | Your account | 账号
lookers | Who looked | 谁查看过
""").items(),
        (
            "name number document expires birth sex phone ethnicity education marital register_no died known",
            "number to",
            "building address from to said came ending recorded",
            "region address here from to",
            "relation from to",
            "need basis source helper checked from to",
            "number from endorsed to",
            "from to recorded",
            "how landlord from to",
            "on kind outcome",
            "from to verified",
            "at kind how told state ended",
            "at what told source state ended",
            "at how probability ended",
            "field source on",
            "at how ended",
            "at what role unit why",
        ),
        strict=True,
    )
}

CODES = _both("""
absent | registered here, lives elsewhere | 空挂户
accepted | taken over | 已采用
address | address | 地址
asked | the sender was asked | 已请对方补充
birth | date of birth | 出生日期
blind | second visit | 复核走访
born | born | 出生
check | check | 核实
clerk | by a clerk | 工作人员认定
code | by a code from a letter | 信函验证码
consent | consent | 本人同意
corrected | corrected | 更正
correction | correction | 更正
desk | at the desk | 窗口办理
died | died | 去世
document | document seen at the desk | 窗口核验证件
door | seen at the door | 上门核实
education | education | 受教育程度
employer | the employer | 用人单位
ethnic | ethnic group | 民族
file | a file | 文件
floating | floating | 流动人口
handed_over | handed over to another community | 移交给其他社区
handover | handed over | 移交
hukou_region | hukou | 户籍地
landlord | the landlord | 房东
lapsed | no longer asked | 不再询问
law | law | 法律规定
lets | lets | 出租
letter | by a letter | 信函
likeness | by likeness | 按相似程度
lodging | lodging | 寄住
move_in | moved in | 搬入
move_out | moved out | 搬出
moved_in | moved in | 迁入
moved_out | moved out | 迁出
moved_within | moved within the community | 社区内搬家
name | name | 姓名
nobody_home | nobody was home | 家中无人
number | document | 证件
open | open | 待处理
overseas | from overseas | 境外人员
pair | two records found to be one person | 两份档案为同一人
paper | on paper | 纸质
permanent | permanent | 常住人口
phone | telephone | 电话
police | the police station’s file | 派出所名册
portal | online | 网上
refused | did not want to talk | 不愿接受走访
rejected | not taken over | 未采用
relation | relation to the head | 与户主关系
rents | rents | 租住
resident | the person | 本人
same_person | the same person stood here twice | 同一人重复登记
sex | sex | 性别
staff | staff | 员工
survey | survey | 普查走访
system | sent over | 系统转来
tenancy | tenancy | 租住
unchanged | nothing had changed | 没有变化
unstated | not stated | 未说明
""")
