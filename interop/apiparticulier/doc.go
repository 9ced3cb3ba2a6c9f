// Package apiparticulier asks API Particulier for the family quotient (quotient familial) and the composition of a family
// known to the CAF or the MSA, and reads its answers: version 3, the payloads of versions 1 and 2, those of nurseries (EAJE)
// and of school enrolment (scolarités v4).
//
//	client := &apiparticulier.Client{
//		BaseURL:   apiparticulier.Production,
//		Token:     func(ctx context.Context) (string, error) { return secrets.Token(ctx) },
//		Recipient: "13002526500013", // the commune, not its supplier
//	}
//	answer, err := client.ByIdentity(ctx, apiparticulier.Identity{
//		BirthName: "ESSAI", GivenNames: []string{"Camille"}, Sex: "F",
//		Birth:        apiparticulier.PartialDate{Year: 1985, Month: 6},
//		BirthCountry: apiparticulier.France, BirthCommune: "69123",
//	}, ent.Month{Year: 2026, Month: 9})
//	if failed, ok := errors.AsType[*apiparticulier.CallError](err); ok {
//		return failed.Message(ent.FR) // what to do: ask for a proof, correct, renew, wait, retry
//	}
//	q, err := answer.AsQuotient()
//
// # What is here
//
// [Decode] and [DecodeError] read bodies without HTTP: at most 1 MiB and 16 levels. Every part may be absent, since a token
// gets what it has a right to; a birth date may lack its day, its month or its year; a missing quotient is not 0, and the
// 0 of version 1, which also stood for "could not be computed", is held as missing. Unknown fields, codes and shapes are
// counted in Answer.Report and fail nothing.
//
// [Client] checks what it sends, puts tokens in a header only, follows no redirect, keeps to 20 calls a second by token and
// 1000 a minute in all, waits as long as the server says, and tries again what may pass later. A month cannot be to come,
// nor more than 24 months back. [Source] is the quotient.Source of a Client: 404 is a *quotient.NotFoundError, unless its
// body has no code of API Particulier, since a wrong address must not pass for a family without file.
//
// Issues, errors and logs name fields and codes, never a value.
//
// # Texts
//
// The OpenAPI descriptions of API Particulier v2 and v3 (March 2026) and its public staging payloads.
//
// # Out of scope
//
// The login of FranceConnect, of which only the access token is taken; the calls of versions 1 and 2, retired, and of
// scolarités, whose answers are read; the forms of HubEE; keeping answers; how long a quotient holds, which the tariff says.
package apiparticulier
