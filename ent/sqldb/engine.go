package sqldb

// Engine is a kind of database.
type Engine string

// The engines. One SQL text serves both.
const (
	// SQLite is the embedded default. Its errors are read through a method Code() int, as those of modernc.org/sqlite have.
	SQLite Engine = "sqlite"
	// PostgreSQL is the shared engine. Its errors are read through a method SQLState() string, as those of pgx have.
	PostgreSQL Engine = "postgres"
)

// Engines returns both.
func Engines() []Engine { return []Engine{SQLite, PostgreSQL} }

func (e Engine) known() bool { return e == SQLite || e == PostgreSQL }
