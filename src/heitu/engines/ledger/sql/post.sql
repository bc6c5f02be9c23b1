-- One transfer in one round trip; the posting of many at once is in batch.py and keeps to the same order of locks.
--
-- Answers (outcome, at_fault); all but 'done' have changed nothing:
--   'stale'     the chain's head isn't as the caller thinks, or a running transaction has it
--   'known'     at_fault = the transfer that has the idempotency key already
--   'resolved', 'expired', 'unknown', 'exceeded'   at_fault = the hold that can't be posted or voided so
--   'reversed'  at_fault = the transfer that was reversed before
--   'short'     at_fault = the account that hasn't enough available
-- Accounts are locked in ascending id, so two postings never wait for each other in a circle.
-- Plans are fixed to index lookups: a plan made while the tables were empty would scan them for ever.

CREATE FUNCTION ledger_post(
    head bigint, length bigint, tip_now bytea, tip_next bytea, seal_next bytea,
    p_id bigint, p_kind text, p_commodity bigint, p_debit bigint, p_credit bigint, p_amount bigint, p_held bigint,
    p_pending bigint, p_reversal bigint, p_journal text, p_key text, p_actor bigint, p_approver bigint, p_reason text,
    p_source text, p_period text, p_expires timestamptz, p_at timestamptz
) RETURNS TABLE (outcome text, at_fault bigint) LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    reserved bigint := CASE p_kind WHEN 'pending' THEN p_amount ELSE 0 END - p_held;
    moved bigint := CASE WHEN p_kind IN ('single', 'post') THEN p_amount ELSE 0 END;
    enough boolean;
    known bigint;
BEGIN
    PERFORM 1 FROM audit_chainhead WHERE id = head AND number = length AND tip = tip_now FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        outcome := 'stale';
        RETURN NEXT;
        RETURN;
    END IF;

    IF p_credit < p_debit THEN
        PERFORM 1 FROM ledger_account WHERE id = p_credit FOR NO KEY UPDATE;
    END IF;
    SELECT may_overdraw OR credits_posted - debits_posted - debits_pending >= moved + reserved INTO enough
        FROM ledger_account WHERE id = p_debit FOR NO KEY UPDATE;
    IF p_debit < p_credit THEN
        PERFORM 1 FROM ledger_account WHERE id = p_credit FOR NO KEY UPDATE;
    END IF;

    IF p_pending IS NOT NULL THEN
        SELECT f.why, p_pending INTO outcome, at_fault FROM ledger_hold_fault(
            p_pending, p_kind, p_commodity, p_debit, p_credit, p_amount, p_held, p_at
        ) f(why);
    ELSIF p_reversal IS NOT NULL AND EXISTS (SELECT 1 FROM ledger_transfer WHERE reversal_of_id = p_reversal) THEN
        outcome := 'reversed';
        at_fault := p_reversal;
    END IF;
    IF outcome IS NULL AND NOT enough THEN
        outcome := 'short';
        at_fault := p_debit;
    END IF;

    IF outcome IS NULL THEN
        INSERT INTO ledger_transfer (
            id, mac, kind, commodity_id, debit_id, credit_id, amount, held, pending_id, reversal_of_id, journal_id,
            idempotency_key, actor_id, approver_id, reason, source, period, expires_at, at
        ) VALUES (
            p_id, tip_next, p_kind, p_commodity, p_debit, p_credit, p_amount, p_held, p_pending, p_reversal, p_journal,
            p_key, p_actor, p_approver, p_reason, p_source, p_period, p_expires, p_at
        ) ON CONFLICT (idempotency_key) DO NOTHING;
        IF FOUND THEN
            UPDATE ledger_account SET
                debits_pending = debits_pending + CASE id WHEN p_debit THEN reserved ELSE 0 END,
                debits_posted = debits_posted + CASE id WHEN p_debit THEN moved ELSE 0 END,
                credits_pending = credits_pending + CASE id WHEN p_credit THEN reserved ELSE 0 END,
                credits_posted = credits_posted + CASE id WHEN p_credit THEN moved ELSE 0 END
                WHERE id IN (p_debit, p_credit);
            UPDATE audit_chainhead SET number = number + 1, tip = tip_next, seal = seal_next WHERE id = head;
            outcome := 'done';
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;

    SELECT t.id INTO known FROM ledger_transfer t WHERE t.idempotency_key = p_key;
    IF FOUND THEN
        outcome := 'known';
        at_fault := known;
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION ledger_hold_fault(
    p_pending bigint, p_kind text, p_commodity bigint, p_debit bigint, p_credit bigint, p_amount bigint, p_held bigint,
    p_at timestamptz
) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    hold ledger_transfer;
BEGIN
    SELECT * INTO hold FROM ledger_transfer WHERE id = p_pending;
    RETURN CASE
        WHEN hold.kind IS DISTINCT FROM 'pending' OR (hold.commodity_id, hold.debit_id, hold.credit_id, hold.amount)
            <> (p_commodity, p_debit, p_credit, p_held) THEN 'unknown'
        WHEN EXISTS (
            SELECT 1 FROM ledger_transfer WHERE pending_id = p_pending AND kind IN ('post', 'void')
        ) THEN 'resolved'
        WHEN p_kind = 'post' AND hold.expires_at <= p_at THEN 'expired'
        WHEN p_amount > hold.amount THEN 'exceeded'
    END;
END $$;

-- What foreign keys of debit, credit and actor would check, for all rows of a statement at once: the accounts exist and
-- hold the commodity, the actor exists (docs/adr/0003: row by row it costs more than all the rest of an insert).
CREATE FUNCTION ledger_transfer_refers() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT n.id INTO wrong FROM new_rows n
        LEFT JOIN ledger_account d ON d.id = n.debit_id AND d.commodity_id = n.commodity_id
        LEFT JOIN ledger_account c ON c.id = n.credit_id AND c.commodity_id = n.commodity_id
        LEFT JOIN people_person a ON a.id = n.actor_id
    WHERE d.id IS NULL OR c.id IS NULL OR (a.id IS NULL AND n.actor_id IS NOT NULL) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer %: an account does not hold its commodity, or the actor is nobody', wrong
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refers AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_transfer_refers();
