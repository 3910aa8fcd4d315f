"""The columns of the files of a move (接管文件): people, categories, coverage, years so far, open settlements."""

from yibao.cli.files.columns import Column, Layout

PERSON_NO = Column(
    "person_no", "原系统人员编号", ("人员编号", "个人编号", "参保人编号"), "原系统的编号；不能用身份证号"
)
IDENTITY_NO = Column("identity_no", "身份证号", ("公民身份号码", "身份证号码"), "18 位；核对校验位")
DOCUMENTS = (
    IDENTITY_NO,
    Column("document_kind", "证件类型", ("身份凭证类型",), "没有身份证号的写：护照、出生医学证明……"),
    Column("document_no", "证件号码", ("其他证件号码",), "没有身份证号的写"),
    Column("document_country", "签发国家", ("签发国家或地区",), "三位代码；中国的不写"),
)
WHO = (PERSON_NO, *DOCUMENTS)
SOME_WHO = ("person_no", "identity_no", "document_no")

PEOPLE_IN = Layout(
    "接管人员文件 (people)",
    (
        *WHO,
        Column("name", "姓名", ("人员姓名",), "不超过 64 个字"),
        Column("sex", "性别", (), "1 男、2 女；有身份证号的可不写"),
        Column("born_on", "出生日期", ("出生日",), "日期；有身份证号的可不写"),
        Column("county_code", "县区代码", ("参保县区", "参保县区代码", "县区"), "六位代码或名称"),
        Column("household_no", "户号", ("原系统户号", "家庭编号"), "同一户写同一个号；没有可不写"),
        Column("address_code", "居住地区划代码", ("居住地代码",), "6、9 或 12 位；不写为县区代码"),
        Column("address", "居住地址", ("住址", "地址", "现住址"), "不超过 200 个字"),
        Column("registered_code", "户籍地区划代码", ("户籍地代码",), "6、9 或 12 位；不写为县区代码"),
        Column("registered_address", "户籍地址", ("户口所在地",), "不超过 200 个字"),
    ),
    needed=(("identity_no", "document_no"), ("name",), ("county_code",)),
)
