package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/account"
)

func newHasher() *account.Hasher {
	return &account.Hasher{Cost: cheap(), Queue: account.NewQueue(2, 0)}
}

const accented = "Été 2026"

// foreign are hashes of one password that other programs made: PHP 8, Apache's htpasswd, crypt of glibc.
func foreign() map[string]string {
	return map[string]string{
		"argon2id by PHP":      "$argon2id$v=19$m=64,t=2,p=1$cC5nL2hidDZzb1ZsWGUwMw$48GW54bhrPgSVVQS5CPpIBLVamb18zecw0VwvVZqk44",
		"bcrypt by PHP":        "$2y$05$wJjmBEKjCq9GEuouGArziubEi2xsRGioPiAul1qYTb3Q/FRpGZKL.",
		"bcrypt by htpasswd":   "$2y$05$n7ysSq6W/4VkzBjHu.LfoujYJntHIf0DYKTj3RobiqZj9alEg.STe",
		"bcrypt by Spring":     "{bcrypt}$2y$05$n7ysSq6W/4VkzBjHu.LfoujYJntHIf0DYKTj3RobiqZj9alEg.STe",
		"PBKDF2 of Django":     "pbkdf2_sha256$1000$sel$ikhoFQu9geveh1v2xAiQfKty6n45TFzjU48Jjj1Y/sw=",
		"PBKDF2 of passlib":    "$pbkdf2-sha512$25000$c2Vsc2Vsc2Vs$P4S8Skh7uGrUbFLGm43mKNFNSCKk/4HoLIpukDE21bokw7PEtKbN75DN1S9PL9kGJbXH4vzvGX9gFFeK53s19w",
		"PBKDF2 as PHC":        "$pbkdf2-sha512$i=25000,l=64$c2Vsc2Vsc2Vs$P4S8Skh7uGrUbFLGm43mKNFNSCKk/4HoLIpukDE21bokw7PEtKbN75DN1S9PL9kGJbXH4vzvGX9gFFeK53s19w",
		"MD5":                  "6228baaa202996b5dfac796f58ce6670",
		"SHA-1":                "f954e3ff4c864aee30e91b6e8f679cfac56a6b2a",
		"SHA-256":              "15752318cc759b917bae248001b9687ec9b8b3802eb0e74c2f5acd0dec536459",
		"SHA-256 in capitals":  strings.ToUpper("15752318cc759b917bae248001b9687ec9b8b3802eb0e74c2f5acd0dec536459"),
		"{SHA}":                "{SHA}+VTj/0yGSu4w6Rtuj2ec+sVqayo=",
		"{SSHA}":               "{SSHA}ll7qsOywqoNnpccl9vM6IN6eYu9hYmNk",
		"{SMD5}":               "{SMD5}GsQJOu6q7zyviQ8exkseLmFiY2Q=",
		"{SSHA512}":            "{SSHA512}eODioed+yImP5DWE6k4lHswwBTZBxx1+doKMqBJ2AccCR23EKQ4cLeexbg6O7AYaukQrf8j6p50vAKdY+zX7wmFiY2RlZmdo",
		"crypt $1$":            "$1$abcdefgh$QPcu96RXFhCiE5qzJ1S7V/",
		"crypt $1$ short salt": "$1$a$klSQTeJj/VuL963MZyIWb0",
		"crypt $5$":            "$5$saltstring$lrY6iGpikPNiz9cHPfSSmoE/0.Ms3P8u2t2YivXUku6",
		"crypt $5$ rounds":     "$5$rounds=1234$saltstringsaltst$K4L5YpLVk4X4EOen8wxUJW3u/7onAwXXZi8J4QxDUU8",
		"crypt $6$":            "$6$saltstring$e4nxYWO6SNFyHvIapmRL.WeCrsvsWFb0mAm7Cvv2r.4QH/EZgm8lnJPsXA8fdawBFYfC1eGrL3yjxr8dG1yHP1",
		"crypt $6$ rounds":     "$6$rounds=1400$anotherlongsalts$4JyXmNMk31bHSFKgCm9MJei/pfTsrPIXk.U0BSGrcKedwWZ/d6nexwNogXYuYg0RmLkvFW6Wp2LXDi9K4oDjR/",
		"{CRYPT}":              "{CRYPT}$1$abcdefgh$QPcu96RXFhCiE5qzJ1S7V/",
	}
}

// R-PW-1: argon2id by default; what others made is verified and replaced at once.
func TestRPW1HashesOfOthersAreVerifiedAndReplaced(t *testing.T) {
	t.Parallel()
	h := newHasher()
	for name, stored := range foreign() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, h.Check(stored))
			ok, _, err := h.Verify(t.Context(), stored, accented+"x")
			require.NoError(t, err)
			assert.False(t, ok)
			ok, upgrade, err := h.Verify(t.Context(), stored, accented)
			require.NoError(t, err)
			require.True(t, ok)
			require.True(t, strings.HasPrefix(upgrade, "$argon2id$v=19$m=8,t=1,p=1$"), "replaced by the hash of today")
			ok, again, err := h.Verify(t.Context(), upgrade, accented)
			require.NoError(t, err)
			assert.True(t, ok)
			assert.Empty(t, again)
		})
	}
	for _, password := range []string{"password", strings.Repeat("x", 70)} { // crypt of glibc
		for _, stored := range map[string][]string{
			"password": {
				"$1$abcdefgh$G//4keteveJp0qb8z2DxG/", "$5$saltstring$OH4IDuTlsuTYPdED1gsuiRMyTAwNlRWyA6Xr3I4/dQ5",
				"$6$saltstring$adDbXsJjcDlq2662QPgd.tkSOVmnG9Tt3oXl4HR60SusC3AGjirnDenVZp3DGwLwqy6iYKCzannhaX9DR72nN1",
			},
			strings.Repeat("x", 70): {
				"$1$abcdefgh$qZQJZIj/wBFysso0hpBg61", "$5$saltstring$D1DsTGKixUiITWGe4c3jtSicDXvgr6h50agFIGXAx6/",
				"$6$saltstring$3erWN/n45R1SsGcJ7NRlQaFuHPXhHClKZQDKfh/jWEbW0llkR4iwRKYjP1Ogpd7h/U.ZdZIswbqcSiRTQaqaS1",
			},
		}[password] {
			ok, _, err := h.Verify(t.Context(), stored, password)
			require.NoError(t, err)
			assert.True(t, ok, stored)
		}
	}
}

// R-PW-1: the default cost stands in the hash; a hash of another cost is replaced.
func TestRPW1Default(t *testing.T) {
	t.Parallel()
	h := account.NewHasher()
	stored, err := h.Hash(t.Context(), accented)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$"))
	ok, upgrade, err := newHasher().Verify(t.Context(), stored, accented)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.NotEmpty(t, upgrade)
	other, err := h.Hash(t.Context(), accented)
	require.NoError(t, err)
	assert.NotEqual(t, stored, other, "each hash has its salt")
}

// R-PW-1: a base of weak hashes is protected at once, without a password.
func TestRPW1Wrapped(t *testing.T) {
	t.Parallel()
	h := newHasher()
	for name, stored := range foreign() {
		wrapped, err := h.Wrap(t.Context(), stored)
		require.NoError(t, err, name)
		require.NoError(t, h.Check(wrapped), name)
		if wrapped != stored {
			digest := stored[strings.LastIndexAny(stored, "$}")+1:]
			assert.NotContains(t, strings.ToLower(wrapped), strings.ToLower(digest), name)
		}
		ok, _, err := h.Verify(t.Context(), wrapped, accented+"x")
		require.NoError(t, err)
		assert.False(t, ok, name)
		ok, upgrade, err := h.Verify(t.Context(), wrapped, accented)
		require.NoError(t, err)
		assert.True(t, ok, name)
		assert.True(t, strings.HasPrefix(upgrade, "$argon2id$"), name)
		again, err := h.Wrap(t.Context(), wrapped)
		require.NoError(t, err)
		assert.Equal(t, wrapped, again)
	}
	_, err := h.Wrap(t.Context(), "plain text")
	require.ErrorIs(t, err, account.CodeHash)
}

// R-PW-1: NFC; 1 KB at the most; bcrypt cuts at 72 bytes, and such a password does not pass.
func TestRPW1Limits(t *testing.T) {
	t.Parallel()
	h := newHasher()
	stored, err := h.Hash(t.Context(), "é")
	require.NoError(t, err)
	ok, _, err := h.Verify(t.Context(), stored, "e\u0301")
	require.NoError(t, err)
	assert.True(t, ok, "one character or two, it is the same é")
	ok, _, err = h.Verify(t.Context(), "6228baaa202996b5dfac796f58ce6670", "E\u0301te\u0301 2026")
	require.NoError(t, err)
	assert.True(t, ok, "for a hash of others too")

	_, err = h.Hash(t.Context(), strings.Repeat("x", account.MaxPassword))
	require.NoError(t, err)
	_, err = h.Hash(t.Context(), strings.Repeat("x", account.MaxPassword+1))
	require.ErrorIs(t, err, account.CodeTooLong)
	_, _, err = h.Verify(t.Context(), stored, strings.Repeat("x", account.MaxPassword+1))
	require.ErrorIs(t, err, account.CodeTooLong)

	// php -r 'echo password_hash(str_repeat("a", 72), PASSWORD_BCRYPT, ["cost" => 4]);'
	long := "$2y$04$sjnzFOnhhgyAG9WFbEqZferMiHaPXPnEJ3bvLTJFJCK6pvRjnAMB."
	ok, _, err = h.Verify(t.Context(), long, strings.Repeat("a", 72))
	require.NoError(t, err)
	assert.True(t, ok)
	ok, _, err = h.Verify(t.Context(), long, strings.Repeat("a", 72)+"another end")
	require.NoError(t, err)
	assert.False(t, ok)
}

// A row that was tampered with cannot ask for gigabytes or minutes.
func TestHostileHashesAreRefused(t *testing.T) {
	t.Parallel()
	h := newHasher()
	for _, stored := range []string{
		"$argon2id$v=19$m=4194304,t=2,p=1$cC5nL2hidDZzb1ZsWGUwMw$48GW54bhrPgSVVQS5CPpIBLVamb18zecw0VwvVZqk44",
		"$argon2id$v=19$m=64,t=4000000000,p=1$cC5nL2hidDZzb1ZsWGUwMw$48GW54bhrPgSVVQS5CPpIBLVamb18zecw0VwvVZqk44",
		"$argon2id$v=19$m=64,t=2,p=0$cC5nL2hidDZzb1ZsWGUwMw$48GW54bhrPgSVVQS5CPpIBLVamb18zecw0VwvVZqk44",
		"$argon2id$v=19$m=64,t=2,p=1$cC5nL2hidDZzb1ZsWGUwMw$", "$argon2i$v=19$m=64,t=2,p=1$cC5nL2hidDZzb1ZsWGUwMw$48GW54bhrPgSVVQS5CPpIA",
		"$2y$31$wJjmBEKjCq9GEuouGArziubEi2xsRGioPiAul1qYTb3Q/FRpGZKL.",
		"$6$rounds=999999999$salt$" + strings.Repeat("a", 86), "pbkdf2_sha256$999999999$sel$ikhoFQu9geveh1v2xAiQfKty6n45TFzjU48Jjj1Y/sw=",
		"$wrapped$6,999999999,0,c2Vs$argon2id$v=19$m=8,t=1,p=1$cC5nL2hidDZzb1ZsWGUwMw$48GW54bhrPgSVVQS5CPpIA",
		"", "x", "{}", "{SSHA}", "{SSHA}" + strings.Repeat("A", 2000), "{CRYPT}{CRYPT}$1$a$b",
	} {
		require.ErrorIs(t, h.Check(stored), account.CodeHash, stored)
		start := time.Now()
		ok, _, err := h.Verify(t.Context(), stored, "x")
		require.NoError(t, err)
		assert.False(t, ok)
		assert.Less(t, time.Since(start), time.Second)
	}
}

// An unknown login, a wrong password and an old hash take about the same time. Not in parallel: it measures.
func TestAnUnknownLoginTakesAsLong(t *testing.T) {
	h := &account.Hasher{Cost: account.Cost{Memory: 1024, Passes: 1}, Queue: account.NewQueue(1, 0)}
	known, err := h.Hash(t.Context(), accented)
	require.NoError(t, err)
	wrapped, err := h.Wrap(t.Context(), "6228baaa202996b5dfac796f58ce6670")
	require.NoError(t, err)
	stored := []string{known, "", "6228baaa202996b5dfac796f58ce6670", wrapped}
	best := make([]time.Duration, len(stored))
	for range 40 {
		for i, hash := range stored {
			start := time.Now()
			_, _, err := h.Verify(t.Context(), hash, "wrong")
			require.NoError(t, err)
			if took := time.Since(start); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	for i := range stored {
		ratio := best[i].Seconds() / best[0].Seconds()
		assert.Greater(t, ratio, 0.5, "%q", stored[i])
		assert.Less(t, ratio, 2.0, "%q", stored[i])
	}
}
