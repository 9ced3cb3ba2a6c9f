// Package aaf reads, checks, joins and writes the AAF feed (Annuaire Académique Fédérateur): what each academy delivers
// every night to an ENT, with its pupils, their relatives, staff, schools, classes and groups.
//
//	d, err := aaf.Open("ENT2DVA_Complet_20240916.zip", aaf.Options{})
//	if err != nil {
//		return err
//	}
//	r := d.Reader()
//	for e, err := range r.Typed() { // or r.Records(), which keeps everything as it stands
//		if err != nil {
//			return err // last: a file that could not be read to its end
//		}
//		if p := e.Pupil; p != nil {
//			fmt.Println(p.ID, len(p.Links), len(p.Classes))
//		}
//	}
//	r.Report().WriteText(os.Stdout, ent.FR) // what was refused, and why
//
// [Delivery.Model] joins the whole: who is in which class, whose relative is whose, which references lead nowhere; and
// [Model.Apply] brings a Delta into it. [Writer] and [DeliveryWriter] write a feed; [Pseudonymiser] makes a copy for tests.
//
// Both degrees are read (2D: collèges and lycées; 1D: primary schools), Complet and Delta, in every version seen from 2013
// to 2025. An unknown attribute, code or version never stops anything: it is kept as it is and counted.
//
// Sources: ficAlimMENESR.dtd; SDET annexes (4bis for 2D, 1 for 1D); versions AAF-VE1301 to AAF-VE2407 as observed. Out of
// scope: fetching the delivery (SFTP), and applying it to a base of accounts, which package ent/directory is for.
package aaf
