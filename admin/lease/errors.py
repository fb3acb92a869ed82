"""What the database refuses about leases, in the same words as the rule."""

from core.errors import register_constraint

register_constraint(
    "ex_admin_lease_lease_one_at_a_time", "lease.overlap", "这个单元在所选日期里已出租，或已发给别的企业确认。", "starts_on"
)  # fmt: skip
register_constraint("uq_admin_lease_unit_code", "lease.unit_code", "已有这个编号的单元。", "code")
