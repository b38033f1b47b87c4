package lambda

import (
	"context"
	"sync"
	"syscall"
	"testing"
)

// BenchmarkWarmInvoke is the overhead of an invocation of an instance that was frozen before.
func BenchmarkWarmInvoke(b *testing.B) {
	s := newSetup(b, nil)
	s.must(b, `{}`)
	for b.Loop() {
		if _, err := s.Invoke(context.Background(), "work", []byte(`{"Text":"x"}`)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWarmInvokeUnfrozen shows, against BenchmarkWarmInvoke, what freezing costs: a second caller always waits, so that
// the instance is handed on without being stopped.
func BenchmarkWarmInvokeUnfrozen(b *testing.B) {
	s := newSetup(b, func(c *Config, _ *Function) { c.MaxInstancesPerFunction = 1 })
	s.must(b, `{}`)
	var wg sync.WaitGroup
	each := b.N/2 + 1
	b.ResetTimer()
	for range 2 {
		wg.Go(func() {
			for range each {
				if _, err := s.Invoke(context.Background(), "work", []byte(`{"Text":"x"}`)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkColdStart is an invocation that starts a process, with the end of the process before it.
func BenchmarkColdStart(b *testing.B) {
	s := newSetup(b, nil)
	for b.Loop() {
		r := s.must(b, `{}`)
		b.ReportMetric(r.Init.Seconds()*1000, "init-ms")
		s.pool.reap(s.cfg.Clock.Now())
	}
}

// BenchmarkParallelInvoke is the throughput of one function from many callers with eight instances.
func BenchmarkParallelInvoke(b *testing.B) {
	s := newSetup(b, func(c *Config, _ *Function) { c.MaxInstancesPerFunction = 8 })
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Invoke(context.Background(), "work", []byte(`{"Text":"x"}`)); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkFreezeAndThaw is the pair of signals alone.
func BenchmarkFreezeAndThaw(b *testing.B) {
	s := newSetup(b, nil)
	pid := decode[int](b, s.must(b, `{"Do":"pid"}`).Payload)
	for b.Loop() {
		_ = syscall.Kill(-pid, syscall.SIGCONT)
		_ = syscall.Kill(-pid, syscall.SIGSTOP)
	}
}
