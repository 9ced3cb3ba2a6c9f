package xmlscan_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/opencartable/cartable/internal/xmlscan"
)

func ExampleScanner() {
	const doc = `<?xml version="1.0" encoding="UTF-8"?>
<pupils><pupil id="1">L&#233;a</pupil><pupil id="2"/></pupils>`
	s := xmlscan.New(strings.NewReader(doc), xmlscan.Options{})
	for {
		kind, err := s.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		switch kind {
		case xmlscan.StartElement:
			fmt.Printf("%v %s", s.Pos(), s.Name())
			for i := range s.NumAttr() {
				name, value := s.Attr(i)
				fmt.Printf(" %s=%s", name, value)
			}
			fmt.Println()
		case xmlscan.Text:
			fmt.Printf("%v %q\n", s.Pos(), s.Text())
		default: // nothing to print
		}
	}
	// Output:
	// 1:39 "\n"
	// 2:1 pupils
	// 2:9 pupil id=1
	// 2:23 "Léa"
	// 2:39 pupil id=2
}
