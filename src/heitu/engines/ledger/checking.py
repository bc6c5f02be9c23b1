"""Whether what accounts say agrees with the transfers; the transfers' own seals are checked by ground.audit."""

from __future__ import annotations

from django.db import connection

from heitu.ground.audit.checking import Fault
from heitu.ground.core.text import Text

# Each finds wrong rows: (table, id). All are set-based; the first row found is the one that is named.
_QUESTIONS = [
    (
        "balance_wrong",
        Text(zh="账户余额与转账不符。", en="The account's balance isn't what its transfers add up to."),
        """
        WITH moved AS (
            SELECT debit_id, credit_id,
                sum(CASE kind WHEN 'pending' THEN amount ELSE 0 END - held) AS reserved,
                sum(CASE WHEN kind IN ('single', 'post') THEN amount ELSE 0 END) AS moved
            FROM ledger_transfer GROUP BY debit_id, credit_id
        ), debits AS (
            SELECT debit_id AS id, sum(reserved) AS reserved, sum(moved) AS moved FROM moved GROUP BY debit_id
        ), credits AS (
            SELECT credit_id AS id, sum(reserved) AS reserved, sum(moved) AS moved FROM moved GROUP BY credit_id
        )
        SELECT 'ledger_account', a.id FROM ledger_account a
            LEFT JOIN debits d ON d.id = a.id LEFT JOIN credits c ON c.id = a.id
        WHERE (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted) IS DISTINCT FROM
            (coalesce(d.reserved, 0), coalesce(d.moved, 0), coalesce(c.reserved, 0), coalesce(c.moved, 0))
        ORDER BY a.id LIMIT 1
        """,
    ),
    (
        "commodity_not_zero", Text(zh="该计量单位的借贷不平。", en="Debits and credits of this commodity differ."),
        """
        SELECT 'ledger_commodity', commodity_id FROM ledger_account GROUP BY commodity_id
        HAVING sum(debits_posted) <> sum(credits_posted) OR sum(debits_pending) <> sum(credits_pending)
        ORDER BY commodity_id LIMIT 1
        """,
    ),
    (
        "overdrawn", Text(zh="不允许透支的账户被透支。", en="This account is overdrawn and may not be."),
        """
        SELECT 'ledger_account', id FROM ledger_account
        WHERE NOT may_overdraw AND credits_posted < debits_posted + debits_pending
            OR least(debits_pending, debits_posted, credits_pending, credits_posted) < 0
        ORDER BY id LIMIT 1
        """,
    ),
    (
        "hold_misused",
        Text(zh="这笔入账或释放与其预留不符。", en="This entry doesn't agree with the hold it resolves."),
        """
        SELECT 'ledger_transfer', t.id FROM ledger_transfer t LEFT JOIN ledger_transfer h ON h.id = t.pending_id
        WHERE t.kind IN ('post', 'void') AND (
            h.kind IS DISTINCT FROM 'pending' OR t.held <> h.amount OR t.amount > h.amount
            OR (t.debit_id, t.credit_id, t.commodity_id) <> (h.debit_id, h.credit_id, h.commodity_id)
        ) ORDER BY t.id LIMIT 1
        """,
    ),
    (
        "hold_resolved_twice", Text(zh="同一预留被处理了两次。", en="This hold was resolved more than once."),
        """
        SELECT 'ledger_transfer', pending_id FROM ledger_transfer WHERE kind IN ('post', 'void')
        GROUP BY pending_id HAVING count(*) > 1 ORDER BY pending_id LIMIT 1
        """,
    ),
    (
        "commodity_mixed",
        Text(zh="转账与账户的计量单位不同。", en="The transfer is in another commodity than its accounts."),
        """
        SELECT 'ledger_transfer', t.id FROM ledger_transfer t
            LEFT JOIN ledger_account d ON d.id = t.debit_id LEFT JOIN ledger_account c ON c.id = t.credit_id
        WHERE d.commodity_id IS DISTINCT FROM t.commodity_id OR c.commodity_id IS DISTINCT FROM t.commodity_id
        ORDER BY t.id LIMIT 1
        """,
    ),
]


def first_fault() -> Fault | None:
    """Recompute every balance and look at every rule that spans rows; None when all agree."""
    with connection.cursor() as cursor:
        for code, message, question in _QUESTIONS:
            cursor.execute(question)
            found = cursor.fetchone()
            if found:
                return Fault(code, f"{found[0]}:{found[1]}", message)
    return None
