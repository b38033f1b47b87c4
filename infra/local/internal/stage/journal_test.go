package stage

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

func TestAJournalKeepsTheLastLines(t *testing.T) {
	t.Parallel()
	var j journal
	for i := range kept + 10 {
		j.add(Line{Function: "f" + strconv.Itoa(i%2), Text: strconv.Itoa(i)})
	}
	if all := j.last("", kept+10); len(all) != kept || all[0].Text != "10" || all[kept-1].Text != strconv.Itoa(kept+9) {
		t.Errorf("%d lines from %s to %s", len(all), all[0].Text, all[len(all)-1].Text)
	}
	if some := j.last("f1", 2); len(some) != 2 || some[1].Text != strconv.Itoa(kept+9) {
		t.Errorf("got %+v", some)
	}
}

func TestAJournalRefusesALimitThatIsNone(t *testing.T) {
	t.Parallel()
	recorder := httptest.NewRecorder()
	new(journal).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/_local/logs?limit=-1", nil))
	if recorder.Code != http.StatusBadRequest || strings.TrimSpace(recorder.Body.String()) != `{"error":"limit must be a positive number, got \"-1\""}` {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
}
