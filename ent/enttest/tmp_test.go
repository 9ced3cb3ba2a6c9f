package enttest
import ("testing";"fmt";"time";"encoding/json";"github.com/opencartable/cartable/ent")
func TestTmp(t *testing.T){
 for _,n:=range []int{20,50,100,150,300,600,1000,0,2000,5000,10000,30000,100000,1500000}{
  t0:=time.Now(); a:=New(Options{Persons:n}); d1:=time.Since(t0)
  t0=time.Now(); s:=a.Size(); d2:=time.Since(t0)
  var p2,r2,p1,r1 int
  for p:=range a.Pupils(){ if p.Schooling.SchoolNumber!=""{p2++}else{p1++}; if n>100000&&p2>50000{break}}
  if n<=100000 { for range a.RelativesOf(ent.SecondDegree){r2++}; for range a.RelativesOf(ent.FirstDegree){r1++}}
  fmt.Println(n,s,s.Persons(),float64(s.Persons()-n)/float64(n+1),d1,d2,"rel/pupil 2D",float64(r2)/float64(p2),"1D",float64(r1)/float64(p1+1),"sectors",len(a.sectors), "class",float64(s.Pupils)/float64(s.Classes))
 }
 a:=New(Options{})
 i:=0
 for e:=range a.Establishments(){b,_:=json.Marshal(e);fmt.Println(string(b)); for _,c:=range a.ClassesOf(e.ID){fmt.Print(c.Code," ",c.Label," ",c.Levels,c.Programmes,"; ")};for _,c:=range a.GroupsOf(e.ID){fmt.Print(c.Code," ",c.Label,"; ")};fmt.Println()}
 for p:=range a.Pupils(){b,_:=json.Marshal(p);fmt.Println(string(b));i++;if i>5{break}}
 for p:=range a.Relatives(){b,_:=json.Marshal(p);fmt.Println(string(b));i++;if i>12{break}}
 for p:=range a.Staff(){b,_:=json.Marshal(p);fmt.Println(string(b));i++;if i>18{break}}
 for p:=range a.Households(){b,_:=json.Marshal(p);fmt.Println(string(b));i++;if i>23{break}}
 fmt.Println(a.ParentOfThreeSchools(),a.StaffInSeveralSchools())
}
