"""The second witness: a slow settlement written from the design's §5 and the notices alone, in fractions and plain dicts.

It shares no rule with the package and imports nothing of it. What the package carries along as sums, this reckons each time
from the whole history of the year, so that a wrong accumulator cannot be wrong in both. Params come as data, by the names
of their entries; codes are those that claims carry.
"""

from fractions import Fraction
from math import ceil, floor

STAY, OUTPATIENT, CHRONIC, DRUGS, BIRTH = range(5)
NOTHING_SAID = -1
HUNDRED = 10_000

# Reasons, in the order in which they are asked.
SETTLED, UNCOVERED, WAITING, FIRST_EXCLUSION, LAST_EXCLUSION = 0, 1, 2, 3, 8
UNDESIGNATED, WRONG_PLACE, OTHER_COUNTY, UNCERTIFIED, NO_FIGURE, NO_TERMS = 9, 10, 11, 12, 13, 14

PAYERS = ("basic", "catastrophic", "assistance", "top_up", "hospital", "special_fund", "person")


def settle_year(terms_of, claims):
    """The claims of one person and benefit year in order of settlement: for each the reason and who pays what."""
    history = []
    for claim in claims:
        history.append(settle(terms_of(claim["day"]), history, claim))
    return [(done["reason"], done["paid"]) for done in history]


def settle(terms, history, claim):
    """One claim after all that the year has settled."""
    in_scope = claim["class_a_fen"] + claim["class_b_fen"]
    bill = in_scope + claim["own_expense_fen"] + claim["over_standard_fen"] + claim["initial_self_pay_fen"]
    done = {"claim": claim, "reason": reason(terms, claim), "in_scope": in_scope, "paid": {}}
    fund = claim["special_fund"]
    alone = fund != 0 and terms["special_funds"]["layers_first"][fund] == 0
    if done["reason"] == SETTLED and not alone:
        layers(terms, history, claim, done)
    paid = {who: done.get(who, 0) for who in PAYERS[:5]}
    would_bear = bill - sum(paid.values())
    paid["special_fund"] = 0
    if done["reason"] == SETTLED and fund != 0:
        paid["special_fund"] = fen(would_bear * rate(terms["special_funds"]["share_bp"][fund]))
    paid["person"] = would_bear - paid["special_fund"]
    done["paid"] = paid
    return done


def layers(terms, history, claim, done):
    """The three protections and top-up, each on what the one before has left."""
    basic(terms, history, claim, done)
    left = done["in_scope"] - done["basic"] - done["hospital"]
    group = terms["catastrophic"][claim["category"]]
    base = left + (claim["initial_self_pay_fen"] if group["counts_initial_self_pay"] else 0)
    done["catastrophic_base"] = base if counts_for_catastrophic(group, claim, done) else 0
    before = total(history, "catastrophic_base")
    due = banded_year(group, before + done["catastrophic_base"]) - banded_year(group, before)
    done["catastrophic"] = min(due, left_of(group["annual_cap_fen"], total(history, "catastrophic")))
    left = max(left - done["catastrophic"], 0)

    aid = terms["direct"][claim["category"]]
    inpatient, outpatient = claim["kind"] in (STAY, BIRTH), claim["kind"] in (CHRONIC, DRUGS)
    done["stay_left"], done["outpatient_left"] = left if inpatient else 0, left if outpatient else 0
    together = aid["counts_outpatient"] == 1 and aid["outpatient_bears_deductible"] == 1
    kinds = (
        ["stay_left", "outpatient_left"] if together else ["outpatient_left" if outpatient else "stay_left"]
    )
    before = sum(total(history, kind) for kind in kinds)
    line, share = aid["deductible_fen"], aid["rate_bp"]
    if outpatient and aid["outpatient_bears_deductible"] == 0:
        line = 0
    if outpatient and aid["outpatient_rate_bp"] != NOTHING_SAID:
        share = aid["outpatient_rate_bp"]
    assisted = inpatient or (outpatient and aid["counts_outpatient"] == 1)
    now = left if assisted else 0
    due = above(before + now, line, share) - above(before, line, share)
    cap_left = left_of(aid["annual_cap_fen"], total(history, "of_assistance_cap"))
    done["assistance"] = min(due, cap_left)
    left -= done["assistance"]

    more = terms["top_up"]
    raised = claim["kind"] == STAY and claim["properly_referred"] == 1
    raised = raised and more["categories"][claim["category"]] == 1
    done["top_up_base"] = left if raised else 0
    before = total(history, "top_up_base")
    due = above(before + done["top_up_base"], more["deductible_fen"], more["rate_bp"])
    due -= above(before, more["deductible_fen"], more["rate_bp"])
    limit = left_of(more["annual_cap_fen"], total(history, "top_up"))
    if more["uses_assistance_cap"]:
        limit = min(limit, cap_left - done["assistance"])
    done["top_up"] = min(due, limit)
    done["of_assistance_cap"] = done["assistance"] + (done["top_up"] if more["uses_assistance_cap"] else 0)


# ---- whether ---------------------------------------------------------------------------------------------------------


def reason(terms, claim):
    """Why a claim is not settled; the first reason that holds."""
    if not claim["covered"]:
        return UNCOVERED
    if claim["waiting"]:
        return WAITING
    if claim["exclusion"]:
        return FIRST_EXCLUSION + claim["exclusion"] - 1
    if not claim["designated"]:
        return UNDESIGNATED
    fund = claim["special_fund"]
    if fund and terms["special_funds"]["share_bp"][fund] == NOTHING_SAID:
        return NO_FIGURE
    if fund and terms["special_funds"]["layers_first"][fund] == 0:
        return SETTLED
    found = reason_of_visit(terms, claim)
    if found == SETTLED and terms["direct"][claim["category"]]["rate_bp"] == NOTHING_SAID:
        return NO_TERMS
    return found


def reason_of_visit(terms, claim):
    """Why this kind of visit is not settled at that institution or for that disease."""
    at, what = claim["institution_class"], claim["disease"]
    if claim["kind"] == STAY:
        return WRONG_PLACE if terms["hospital"]["deductible_fen"][at] == NOTHING_SAID else SETTLED
    if claim["kind"] == OUTPATIENT:
        return reason_of_pooling(terms["pooling"], claim)
    if claim["kind"] == BIRTH:
        return NO_FIGURE if terms["maternity"]["quota_fen"][claim["delivery"]] == NOTHING_SAID else SETTLED
    if not claim["certified"]:
        return UNCERTIFIED
    if claim["kind"] == DRUGS:
        tables = ("class_a_rate_bp", "class_b_rate_bp", "annual_quota_fen")
        return NO_FIGURE if any(terms["two_diseases"][t][what] == NOTHING_SAID for t in tables) else SETTLED
    chronic = terms["chronic"]
    if chronic["as_hospital"][what]:
        return WRONG_PLACE if terms["hospital"]["deductible_fen"][at] == NOTHING_SAID else SETTLED
    if NOTHING_SAID in (chronic["monthly_quota_fen"][what], chronic["annual_quota_fen"][what]):
        return NO_FIGURE
    if chronic["rate_bp"][what] == NOTHING_SAID and chronic["class_rate_bp"][at] == NOTHING_SAID:
        by_class = any(figure != NOTHING_SAID for figure in chronic["class_rate_bp"])
        return WRONG_PLACE if by_class else NO_FIGURE
    return SETTLED


def reason_of_pooling(pooling, claim):
    """Why outpatient pooling does not pay."""
    at = claim["institution_class"]
    if NOTHING_SAID in (pooling["class_a_rate_bp"][at], pooling["class_b_rate_bp"][at]):
        return WRONG_PLACE
    if pooling["county_only"] and not claim["in_county"]:
        return OTHER_COUNTY
    if pooling["first_choice_only"] and not claim["first_choice"]:
        return WRONG_PLACE
    return SETTLED


# ---- the basic fund --------------------------------------------------------------------------------------------------


def basic(terms, history, claim, done):
    """What the basic fund pays, and a hospital bears, by the kind of visit; what of it uses the year's cap."""
    done["basic"] = done["hospital"] = done["of_cap"] = 0
    cap = terms["basic_cap"]["annual_cap_fen"][claim["tier"]]
    cap_left = left_of(cap, total(history, "of_cap"))
    if claim["kind"] == STAY:
        done["deductible"] = min(deductible_of_stay(terms["hospital"], history, claim), done["in_scope"])
        paid = at_table(terms["hospital"], claim, done["deductible"], done["in_scope"])
        done["basic"] = done["of_cap"] = min(paid, cap_left)
    elif claim["kind"] == CHRONIC and terms["chronic"]["as_hospital"][claim["disease"]]:
        special(terms["hospital"], history, claim, done)
        done["basic"] = done["of_cap"] = min(done["basic"], cap_left)
    elif claim["kind"] == CHRONIC:
        counts = terms["cap_scope"]["counts_chronic"]
        quota_disease(terms["chronic"], history, claim, done)
        done["basic"] = min(done["basic"], cap_left) if counts else done["basic"]
        done["of_quota"], done["of_cap"] = done["basic"], done["basic"] if counts else 0
    elif claim["kind"] == BIRTH:
        counts, quota = (
            terms["cap_scope"]["counts_maternity"],
            terms["maternity"]["quota_fen"][claim["delivery"]],
        )
        paid = min(done["in_scope"], quota)
        done["basic"] = min(paid, cap_left) if counts else paid
        done["of_cap"] = done["basic"] if counts else 0
        if terms["maternity"]["excess_to_hospital"]:
            done["hospital"] = max(done["in_scope"] - quota, 0)
    elif claim["kind"] == DRUGS:
        rest_a, rest_b = two_diseases(terms["two_diseases"], history, claim, done)
        if rest_a + rest_b > 0 and reason_of_pooling(terms["pooling"], claim) == SETTLED:
            pooled(terms["pooling"], history, claim, done, rest_a, rest_b)
            done["basic"] += done["of_pooling"]
    else:
        pooled(terms["pooling"], history, claim, done, claim["class_a_fen"], claim["class_b_fen"])
        done["basic"] = done["of_pooling"]


def deductible_of_stay(table, history, claim):
    """The n-th stay's deductible: by class or the care path's class, halved for a child or a later stay, never twice."""
    whole, child = class_deductible(table, claim)
    stays = [done for done in history if done["claim"]["kind"] == STAY and "deductible" in done]
    if claim["continues_episode"] and table["referral_keeps_deductible"]:
        borne = 0
        for done in reversed(stays):
            borne += done["deductible"]
            if not done["claim"]["continues_episode"]:
                break
        return max(fen(whole * child) - borne, 0)
    repeat = Fraction(1)
    if table["repeat_class"][claim["institution_class"]]:
        repeat = rate(table["repeat_bp"][min(len(stays), len(table["repeat_bp"]) - 1)])
    return fen(whole * min(child, repeat))


def special(table, history, claim, done):
    """A special disease: one stay that lasts the year, its deductible borne once and topped up in a higher class."""
    whole, child = class_deductible(table, claim)
    left = max(fen(whole * child) - total(history, "special_deductible"), 0)
    done["special_deductible"] = min(left, done["in_scope"])
    done["special_cost"] = done["in_scope"]
    so_far = total(history, "special_cost")
    done["basic"] = at_table(table, claim, so_far + done["special_deductible"], so_far + done["special_cost"])


def class_deductible(table, claim):
    """A class's deductible before it is halved, and the share that somebody of that age bears."""
    at = table["path_class"][claim["care_path"]]
    at = claim["institution_class"] if at == NOTHING_SAID else at
    young = claim["age"] < table["child_below_age"]
    return table["deductible_fen"][at], rate(table["child_deductible_bp"]) if young else Fraction(1)


def at_table(table, claim, begins, ends):
    """Cost from one line to another, every fen at the rate of the band that it lies in; rounded once."""
    bands = len(table["band_from_fen"]) // len(table["deductible_fen"])
    first = claim["institution_class"] * bands
    own = table["path_rate_bp"][claim["care_path"]]
    raised = table["tier_bonus_bp"][claim["tier"]]
    raised += table["child_bonus_bp"] if claim["age"] < table["child_below_age"] else 0
    starts = [0, *table["band_from_fen"][first + 1 : first + bands], max(ends, begins)]
    paid = Fraction(0)
    for band in range(bands):
        printed = table["band_rate_bp"][first + band] + raised - table["path_cut_bp"][claim["care_path"]]
        of_band = own if own != NOTHING_SAID else max(0, min(printed, HUNDRED))
        last = starts[band + 1] if band + 1 < bands else ends
        paid += max(min(last, ends) - max(starts[band], begins), 0) * rate(of_band)
    return fen(paid)


def quota_disease(chronic, history, claim, done):
    """A chronic disease: a deductible of the year, a rate, the month's quota and the year's limit."""
    what = claim["disease"]
    left = max(chronic["deductible_fen"] - total(history, "chronic_deductible"), 0)
    done["chronic_deductible"] = min(left, done["in_scope"])
    own = chronic["rate_bp"][what]
    own = chronic["class_rate_bp"][claim["institution_class"]] if own == NOTHING_SAID else own
    paid = fen((done["in_scope"] - done["chronic_deductible"]) * rate(own))
    alike = [d for d in history if "of_quota" in d and d["claim"]["slot"] == claim["slot"]]
    in_month = [d for d in alike if d["claim"]["month"] == claim["month"]]
    limits = [left_of(chronic["monthly_quota_fen"][what], total(in_month, "of_quota"))]
    if chronic["further_quota_fen"] == NOTHING_SAID:
        limits.append(left_of(chronic["annual_quota_fen"][what], total(alike, "of_quota")))
    else:
        others = {
            d
            for d, quota in enumerate(chronic["annual_quota_fen"])
            if claim["disease_tags"] >> d & 1 and not chronic["as_hospital"][d] and quota != NOTHING_SAID
        } - {what}
        highest = max(chronic["annual_quota_fen"][d] for d in {what, *others})
        limit = min(highest + len(others) * chronic["further_quota_fen"], chronic["most_quota_fen"])
        limits.append(left_of(limit, total(history, "of_quota")))
    done["basic"] = min(paid, *limits)


def two_diseases(drugs, history, claim, done):
    """Listed drugs use their quota while it lasts; gives the class A and B cost that goes on to pooling."""
    what = claim["disease"]
    left = max(drugs["deductible_fen"] - total(history, "drug_deductible"), 0)
    used_a = min(claim["class_a_fen"], left)
    used_b = min(claim["class_b_fen"], left - used_a)
    done["drug_deductible"] = used_a + used_b
    a, b = claim["class_a_fen"] - used_a, claim["class_b_fen"] - used_b
    rate_a, rate_b = rate(drugs["class_a_rate_bp"][what]), rate(drugs["class_b_rate_bp"][what])
    paid = fen(a * rate_a + b * rate_b)
    same = [d for d in history if d["claim"]["kind"] == DRUGS and d["claim"]["disease"] == what]
    quota = left_of(drugs["annual_quota_fen"][what], total(same, "of_drugs"))
    done["of_drugs"] = done["basic"] = min(paid, quota)
    if paid <= quota or not drugs["rest_to_pooling"]:
        return 0, 0
    reached_a = a if rate_a == 0 and a == 0 else least_cost(quota, rate_a, a)
    reached_b = least_cost(max(quota - fen(reached_a * rate_a), 0), rate_b, b)
    return a - reached_a, b - reached_b


def least_cost(quota, share, most):
    """The least cost whose share reaches a quota, at most all there is; at no rate nothing reaches it."""
    if share == 0:
        return 0
    return min(ceil(Fraction(quota) / share), most)


def pooled(pooling, history, claim, done, a, b):
    """Outpatient pooling: the year's cost at today's terms, less what it yielded before, in the limits of day and year."""
    at = claim["institution_class"]
    bonus = pooling["contract_bonus_bp"][at] if claim["contracted"] else 0
    rates = rate(pooling["class_a_rate_bp"][at] + bonus), rate(pooling["class_b_rate_bp"][at] + bonus)
    before_a, before_b = total(history, "pooled_a"), total(history, "pooled_b")

    def yields(cost_a, cost_b):
        line = pooling["deductible_fen"][at]
        from_a = min(cost_a, line)
        from_b = min(cost_b, line - from_a)
        return fen((cost_a - from_a) * rates[0] + (cost_b - from_b) * rates[1])

    due = yields(before_a + a, before_b + b) - yields(before_a, before_b)
    today = [done for done in history if done["claim"]["day"] == claim["day"]]
    day_left = left_of(pooling["daily_cap_fen"], total(today, "of_pooling"))
    year_left = left_of(pooling["annual_cap_fen"][claim["tier"]], total(history, "of_pooling"))
    done["of_pooling"] = max(min(due, day_left, year_left), 0)
    done["pooled_a"], done["pooled_b"] = a, b


# ---- over the year ---------------------------------------------------------------------------------------------------


def counts_for_catastrophic(group, claim, done):
    """Whether a kind of visit counts; a special disease that is settled as a stay counts as one."""
    if claim["kind"] == CHRONIC:
        return "special_cost" in done or group["counts_chronic"] == 1
    if claim["kind"] == BIRTH:
        return group["counts_maternity"] == 1
    return claim["kind"] == STAY or group["counts_outpatient"] == 1


def banded_year(group, cost):
    """What a year's cost yields of catastrophic insurance before its cap."""
    line = group["deductible_fen"]
    origin = 0 if group["bands_from_zero"] else line
    starts = [start + origin for start in group["band_from_fen"]]
    paid = Fraction(0)
    for band, start in enumerate(starts):
        last = starts[band + 1] if band + 1 < len(starts) else max(cost, start)
        paid += max(min(last, cost) - max(start, line), 0) * rate(group["band_rate_bp"][band])
    return fen(paid)


def above(cost, line, share):
    """The share of what lies above a line."""
    return fen(max(cost - line, 0) * rate(share))


def total(history, what):
    """What the year has added up to."""
    return sum(done.get(what, 0) for done in history)


def left_of(limit, used):
    """What is left of a limit."""
    return max(limit - used, 0)


def rate(bp):
    """Basis points as a fraction."""
    return Fraction(bp, HUNDRED)


def fen(amount):
    """An amount rounded half up to the fen."""
    return floor(Fraction(amount) + Fraction(1, 2))
