"""Forms of sign-in and accounts: they check shape; rules check meaning."""

from __future__ import annotations

from core.ui.forms import Form, MobileField, PasswordField, SelectField, TextField


class LoginForm(Form):
    name = TextField("手机号或登录名", required=True, max_length=60, digits=True)
    password = PasswordField("密码", required=True)


class CodeForm(Form):
    code = TextField("动态口令", required=True, max_length=10, digits=True, help="打开手机上的口令软件，输入 6 位数字")


class RegisterForm(Form):
    display_name = TextField("怎么称呼你", required=True, max_length=30, help="只在平台内部显示，不公开")
    mobile = MobileField("手机号", required=True, help="就是你的登录名")
    password = PasswordField("设一个密码", required=True, help="至少 10 位，可以是一句容易记的话")


class ForgotForm(Form):
    name = TextField("手机号或登录名", required=True, max_length=60, digits=True)


class ResetForm(Form):
    name = TextField("手机号或登录名", required=True, max_length=60, digits=True)
    code = TextField("验证码", required=True, max_length=10, digits=True, help="6 位数字，15 分钟内有效")
    password = PasswordField("新密码", required=True, help="至少 10 位")


class PasswordForm(Form):
    old = PasswordField("现在的密码", required=True)
    password = PasswordField("新密码", required=True, help="至少 10 位；改好后，别的设备要重新登录")


class MemberForm(Form):
    mobile = MobileField("同事的手机号", required=True, help="对方要先用这个手机号注册过")
    role = SelectField("岗位", required=True)


class InviteForm(Form):
    address = TextField("手机号或邮箱", required=True, max_length=120, help="对方没有账号也可以，打开链接就能注册")
    role = SelectField("岗位", required=True)


class NewAccountForm(Form):
    display_name = TextField("怎么称呼你", required=True, max_length=30, help="只在平台内部显示，不公开")
    mobile = MobileField("手机号", required=True, help="就是你的登录名")
    password = PasswordField("设一个密码", required=True, help="至少 10 位，可以是一句容易记的话")


class GiveCodeForm(Form):
    name = TextField("手机号或登录名", required=True, max_length=60, digits=True, help="先当面核对本人身份")
