package tariff

import (
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// CheckSocialCanteen returns why the prices of an activity do not qualify for the State's "cantine à 1 €" scheme (agreements
// signed from 1 August 2022): at least three bands by income, at least one at 1 € or less and one above, and no band at 1 €
// or less beyond a quotient of 1000. It looks at the first rule that has bands. Entry to the scheme closed on 26 July 2025;
// running agreements end by 31 December 2027.
func CheckSocialCanteen(a *Activity) ent.Issues {
	var out ent.Issues
	file := func(code ent.Code, path string) { out = append(out, catalog().New(code, ent.Pos{}, path)) }
	at := -1
	for i := range a.Rules {
		if a.Rules[i].Bands != nil {
			at = i
			break
		}
	}
	if at < 0 {
		file(CodeSocialBands, "$.rules")
		return out
	}
	rows, path := a.Rules[at].Bands.Rows, index("$.rules", at)+".bands.rows"
	if len(rows) < 3 {
		file(CodeSocialBands, path)
	}
	one := decimal.New(1, 0)
	low, high := false, false
	for i := range rows {
		prices := rows[i].Prices
		if rows[i].Price != nil {
			prices = []*decimal.Decimal{rows[i].Price}
		}
		cheap := false
		for _, p := range prices {
			if p == nil {
				continue
			}
			cheap = cheap || p.LessThanOrEqual(one)
			high = high || p.GreaterThan(one)
		}
		low = low || cheap
		if _, end := rows[i].limits(); cheap && end > edge(1000*quotientScale, true) {
			file(CodeSocialCeiling, index(path, i))
		}
	}
	if !low {
		file(CodeSocialOne, path)
	}
	if !high {
		file(CodeSocialAbove, path)
	}
	return out
}

// SocialCanteenAid returns the State's aid, in euros, for meals sold at 1 € or less: 3 € each since 2021, 4 € with the
// bonus of those registered on ma-cantine (EGAlim), since 1 January 2024.
func SocialCanteenAid(meals int, bonus bool) decimal.Decimal {
	each := int64(3)
	if bonus {
		each = 4
	}
	return decimal.New(int64(meals)*each*100, -2)
}
