package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

type options struct {
	tree       string
	assembly   string
	seed       uint64
	scenarios  string
	rate       float64
	duration   time.Duration
	most       int
	patience   time.Duration
	quiet      time.Duration
	visibility time.Duration
	life       time.Duration
	pages      int
	verbose    bool
	strict     bool
	started    time.Time
}

// A scenario is one way in which things go wrong. Its last steps, an end of all faults and a last word, are the run's.
type scenario struct {
	name  string
	short bool // part of make prove
	play  func(ctx context.Context, r *run) error
}

var scenarios = []scenario{
	{"number-before-row", true, numberBeforeRow},
	{"ahead", true, ahead},
	{"hello", true, hello},
	{"absence", true, absence},
	{"expired", true, expired},
	{"five-attempts", true, fiveAttempts},
	{"first-number", true, firstNumber},
	{"next-page", true, nextPage},
	{"repeats", true, repeats},
	{"redelivered", true, redelivered},
	{"started-over", true, startedOver},
	{"no-epoch", true, noEpoch},
	{"calm", true, load(nil)},
	{"kills", false, load(kills)},
	{"dynamodb", false, load(dynamoFaults)},
	{"sqs", false, load(sqsFaults)},
	{"connections", false, load(connectionFaults)},
	{"sockets", false, load(socketFaults)},
	{"history", false, load(historyFaults)},
	{"posts", false, load(postFaults)},
	{"queues", false, load(queueFaults)},
	{"all", true, load(allFaults(0.5))},
	{"long", false, load(allFaults(0.05))},
	{"lives", false, lives},
	{"restarts", false, restarts},
	{"scheduled", true, scheduled(nil)},
	{"lost-answer", true, lostAnswer},
	{"scheduled-kills", false, scheduled(schedulerKills)},
	{"scheduled-sqs", false, scheduled(sqsFaults)},
	{"scheduled-dynamodb", false, scheduled(dynamoFaults)},
	{"budget-kills", false, budgetAlerts(budgetKills)},
	{"budget-ses", false, budgetAlerts(sesDrops)},
}

func main() {
	o := options{started: time.Now()}
	flag.StringVar(&o.tree, "tree", ".", "root of the repository under test")
	flag.StringVar(&o.assembly, "assembly", "", "run the cloud assembly in `DIR` instead of synthesizing")
	flag.Uint64Var(&o.seed, "seed", 0, "`SEED` of faults and load (default: another one each time)")
	flag.StringVar(&o.scenarios, "scenario", "", "run these `NAMES`, separated by commas; every is all of them (default: the short run)")
	flag.Float64Var(&o.rate, "rate", 50, "messages a second of a load")
	flag.DurationVar(&o.duration, "duration", 5*time.Second, "`TIME` of a load")
	flag.IntVar(&o.most, "messages", 0, "most messages of a load (default: no limit)")
	flag.DurationVar(&o.patience, "patience", 3*time.Minute, "how long queues may take to become empty")
	flag.DurationVar(&o.quiet, "quiet", 15*time.Second, "how long nothing may arrive until what is missing counts as lost")
	flag.DurationVar(&o.visibility, "visibility", 0, "visibility `TIMEOUT` of the hub's queues (default: the template's)")
	flag.DurationVar(&o.life, "life", 0, "close connections after this `TIME`; hermes.js leaves them at two thirds of it")
	flag.IntVar(&o.pages, "pages", 2, "how many clients with hermes.js each room of a load has")
	flag.BoolVar(&o.verbose, "v", false, "print what hermes.js complains about")
	flag.BoolVar(&o.strict, "strict", false, "let messages that are late decide, too; for an idle machine")
	flag.Parse()
	if o.seed == 0 {
		o.seed = rand.Uint64N(1_000_000) + 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := prove(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// chosen are the scenarios to run.
func (o options) chosen() (all []scenario, err error) {
	known := map[string]bool{}
	for _, s := range scenarios {
		known[s.name] = true
		if o.scenarios == "" && s.short || o.scenarios == "every" || strings.Contains(","+o.scenarios+",", ","+s.name+",") {
			all = append(all, s)
		}
	}
	for _, name := range strings.Split(o.scenarios, ",") {
		if name != "" && name != "every" && !known[name] {
			return nil, fmt.Errorf("-scenario: there is no %q", name)
		}
	}
	return all, nil
}

// prove runs scenarios one after the other on one stage, and says whether there was no violation.
func prove(ctx context.Context, o options) (ok bool, err error) {
	all, err := o.chosen()
	if err != nil {
		return false, err
	}
	if o.tree, err = filepath.Abs(o.tree); err != nil {
		return false, err
	}
	data, err := os.MkdirTemp("", "hermes-prove-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(data) //nolint:errcheck // it is a temporary folder
	s := &stage{tree: o.tree, assembly: o.assembly, data: data, port: "0"}
	if o.life > 0 {
		s.arguments = []string{"-ws-life", o.life.String()}
	}
	defer func() { err = errors.Join(err, s.end(syscall.SIGTERM)) }()
	if err := s.start(ctx); err != nil {
		return false, err
	}
	h, err := newHub(ctx, s)
	if err != nil {
		return false, err
	}
	if o.visibility > 0 {
		if err := h.visibility(ctx, o.visibility); err != nil {
			return false, err
		}
	}
	b, err := startBrowser(o.tree, o.verbose)
	if err != nil {
		return false, err
	}
	defer b.close() //nolint:errcheck // it has said all that it has to say
	fmt.Printf("seed %d; again: go run ./test/prove -seed %d -scenario NAME\n", o.seed, o.seed)
	t := newTable(o.strict)
	for _, each := range all {
		begun := time.Now()
		v, err := o.play(ctx, h, b, each)
		if err != nil {
			t.fail(each.name, err)
			continue
		}
		t.add(each.name, v, time.Since(begun))
	}
	own, dynamo := s.memory()
	fmt.Printf("memory: stage %d MB, DynamoDB peer %d MB; %v in all\n", own, dynamo, time.Since(o.started).Round(time.Second))
	t.judgeMemory(own, dynamo)
	ok = len(t.found) == 0
	t.end()
	return ok, nil
}

// play runs one scenario and judges it.
func (o options) play(ctx context.Context, h *hub, b *browser, s scenario) (*verdict, error) {
	clients, closing := context.WithCancel(ctx)
	defer closing()
	r := &run{begun: time.Now(), options: o, scenario: s.name, hub: h, ledger: &ledger{}, rng: rand.New(rand.NewPCG(o.seed, 0)), browser: b, clients: clients}
	defer func() {
		for _, each := range r.receivers {
			if p, ok := each.(*page); ok {
				p.do("close")
			} else {
				each.offline()
			}
		}
	}()
	defer h.heal(ctx) //nolint:errcheck // the error is that of the scenario
	v, err := r.judged(ctx, s)
	for _, end := range r.ends {
		err = errors.Join(err, end(ctx))
	}
	return v, err
}

func (r *run) judged(ctx context.Context, s scenario) (*verdict, error) {
	if err := s.play(ctx, r); err != nil {
		return nil, err
	}
	v, err := r.settle(ctx)
	if v != nil {
		v.remark = r.remark
		most := lateIfFails
		if r.calm {
			most = lateIfCalm
		}
		v.judgeDelays(most)
	}
	return v, err
}
