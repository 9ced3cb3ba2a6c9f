// The program existing is the server of a vendor who already has users, sessions and a database, and takes from Cartable
// one part at a time. vendor.go is the vendor's own: nothing in it knows Cartable. Each other file is one part taken:
//
//	feed.go   reads an AAF delivery into the vendor's tables, through the typed records (no store of Cartable's)
//	night.go  compares the feed with the vendor's users and applies the plan to the vendor's tables (no store of Cartable's)
//	adopt.go  gives the users of a product that is in use already the keys of the feed, on the first night
//	cas.go    signs the vendor's users in to partners by CAS, with the vendor's login, sessions and tables
//	educonnect.go  lets families in by EduConnect, and finds them in the vendor's tables
//	month.go  prices a month from the vendor's own registrations table, each line explained (no store of Cartable's)
//	marks.go  makes the averages of a class from the vendor's own table of marks, each explained (no store of Cartable's)
//	agenda.go serves the vendor's own slots as a calendar to subscribe to (no timetable of Cartable's)
//	livret.go writes the file of the livret scolaire unique from the same tables, and says pupil by pupil what is missing
//
// Run it, then open http://localhost:8081 and sign in as "admin" with the password it prints:
//
//	go run ./examples/existing -feed delivery.zip
//	go run ./examples/existing -feed delivery.zip -partner http://localhost:9090/   # a CAS server for that application
//	go run ./examples/existing -feed delivery.zip -educonnect metadata.xml -academy 14
//	go run ./examples/existing -db us.db -adopt delivery.zip   # once, on a base that has its users
//	go run ./examples/existing -db us.db -night delivery.zip   # then every night
//	go run ./examples/existing -db us.db -tariff grid.yaml -bill 12 -month 2025-11   # writes the month of family 12
//	go run ./examples/existing -db us.db -class 3A -uai 0990001N -term 1   # the averages of a class, explained
//	go run ./examples/existing -db us.db -class 3A -uai 0990001N -term 1 -lsu import_lsun_3A.xml
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/opencartable/cartable/ent"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	addr := flag.String("addr", "localhost:8081", "address of the server")
	file := flag.String("db", ":memory:", "SQLite file of the vendor")
	feed := flag.String("feed", "", "AAF delivery to read: a folder, a .zip or a .tgz")
	adopt := flag.String("adopt", "", "AAF delivery whose keys are given to the users that are there")
	night := flag.String("night", "", "AAF delivery to compare with the users, and to apply")
	consent := flag.Bool("consent", false, "with -night: apply it although a guard refuses")
	partner := flag.String("partner", "", "address of an application that signs users in by CAS, at /cas")
	preset := flag.String("preset", "universalis", "what the application of -partner is told")
	origin := flag.String("origin", "", "public address of the server when TLS ends before it, such as https://ent.example.fr")
	educonnect := flag.String("educonnect", "", "metadata of EduConnect, by which families enter")
	academy := flag.String("academy", "14", "number of the académie of the feed, for -educonnect")
	grid := flag.String("tariff", "", "tariff of the commune, for -bill")
	family := flag.Int64("bill", 0, "family whose month is written, instead of serving")
	month := flag.String("month", "", "month of -bill, such as 2025-11")
	class := flag.String("class", "", "class whose averages are written, instead of serving")
	uai := flag.String("uai", "", "school of -class")
	term := flag.Int("term", 1, "term of -class")
	livret := flag.String("lsu", "", "with -class: file of the livret scolaire to write")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	us, err := openVendor(ctx, *file)
	if err != nil {
		return err
	}
	defer us.db.Close()
	if *family != 0 {
		return us.bill(ctx, *grid, *family, *month)
	}
	if *class != "" {
		return us.report(ctx, *uai, *class, *term, *livret)
	}
	if *adopt != "" {
		plan, err := us.adopt(ctx, *adopt, false)
		if err != nil {
			return err
		}
		return plan.WriteSummary(os.Stdout, ent.FR)
	}
	if *night != "" {
		plan, err := us.night(ctx, *night, ent.DateAt(time.Now(), time.Local), *consent)
		if plan == nil {
			return err
		}
		return errors.Join(plan.WriteSummary(os.Stdout, ent.FR), err)
	}
	password := rand.Text()
	if err := us.createAdmin(ctx, "admin", password); err != nil {
		return err
	}
	fmt.Printf("http://%s  admin / %s\n", *addr, password)
	if *feed != "" {
		if err := us.readFeed(ctx, *feed); err != nil {
			fmt.Fprintln(os.Stderr, "feed:", err)
		}
	}
	if *origin == "" {
		*origin = "http://" + *addr
	}
	mux := us.mux()
	if err := us.withAgenda(mux); err != nil {
		return err
	}
	if *partner != "" {
		if err := us.withCAS(mux, *origin, *partner, *preset); err != nil {
			return err
		}
	}
	if *educonnect != "" {
		if err := us.withEduConnect(mux, *origin, *educonnect, *academy); err != nil {
			return err
		}
	}
	srv := &http.Server{Addr: *addr, Handler: guard(mux), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(stopping); err != nil {
			log.Print(err)
		}
	}()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// bill writes the month of a family.
func (v *vendor) bill(ctx context.Context, grid string, family int64, month string) error {
	m, err := ent.ParseMonth(month)
	if err != nil {
		return err
	}
	prices, err := readTariff(grid)
	if err != nil {
		return err
	}
	bill, err := v.month(ctx, prices, family, m)
	if err != nil {
		return err
	}
	writeBill(os.Stdout, &bill)
	return nil
}

// report writes the averages of a class, or its file of the livret scolaire.
func (v *vendor) report(ctx context.Context, uai, class string, term int, file string) error {
	m, err := v.marks(ctx, uai, class)
	if err != nil {
		return err
	}
	if file == "" {
		return m.writeAverages(os.Stdout, term)
	}
	return m.writeLivret(file, os.Stdout, term)
}
