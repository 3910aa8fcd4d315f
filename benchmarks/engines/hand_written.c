/* The reference workload as one C loop by hand: what a rule costs when nothing but the answer is wanted.
 *
 * figures.h is written from figures.json before this is compiled. What the year has yielded so far is kept from claim to
 * claim, and reckoned again only where the category changes within the year. */
#include <stdint.h>
#include "figures.h"

typedef int64_t fen;
static inline fen least(fen a, fen b) { return a < b ? a : b; }
static inline fen most(fen a, fen b) { return a > b ? a : b; }
static inline fen whole(fen weighted) { return (fen)((uint64_t)(weighted + 5000) / 10000); }

static inline fen catastrophic_yield(int category, fen year) {
  fen low = catastrophic_deductible_fen[category], second = catastrophic_second_fen;
  if (year <= low) return 0;
  return whole(most(least(year, second) - low, 0) * catastrophic_first_bp[category] +
               most(year - second, 0) * catastrophic_second_bp[category]);
}

static inline fen assistance_yield(int category, fen year) {
  return whole(most(year - assistance_deductible_fen[category], 0) * assistance_rate_bp[category]);
}

void settle(int64_t begin, int64_t end, const int32_t *restrict person, const int8_t *restrict institution_class,
            const int8_t *restrict category, const fen *restrict own_expense, const fen *restrict initial_self_pay,
            const fen *restrict in_scope, fen *restrict basic, fen *restrict catastrophic, fen *restrict assistance,
            fen *restrict bears) {
  int32_t whose = -1;
  int under = -1;
  fen stays = 0, used = 0, burden = 0, yielded = 0, insured = 0, left = 0, assisted = 0, granted = 0;
  for (int64_t i = begin; i < end; i++) {
    int at = institution_class[i], c = category[i];
    if (person[i] != whose) {
      whose = person[i];
      under = c;
      stays = used = burden = yielded = insured = left = assisted = granted = 0;
    } else if (c != under) {
      under = c;
      yielded = catastrophic_yield(c, burden);
      granted = assistance_yield(c, left);
    }
    fen scope = in_scope[i];
    fen deductible = stays == 0 ? deductible_fen[at] : later_deductible_fen[at];
    fen pays = least(whole(most(scope - deductible, 0) * rate_bp[at]), basic_cap_fen - used);
    burden += scope - pays;
    fen yields = catastrophic_yield(c, burden);
    fen insures = least(yields - yielded, most(catastrophic_cap_fen[c] - insured, 0));
    left += scope - pays - insures;
    fen grants = assistance_yield(c, left);
    fen assists = least(grants - granted, most(assistance_cap_fen[c] - assisted, 0));
    basic[i] = pays;
    catastrophic[i] = insures;
    assistance[i] = assists;
    bears[i] = own_expense[i] + initial_self_pay[i] + scope - pays - insures - assists;
    stays++;
    used += pays;
    yielded = yields;
    insured += insures;
    granted = grants;
    assisted += assists;
  }
}
