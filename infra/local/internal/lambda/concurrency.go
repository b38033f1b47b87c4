package lambda

import "sync"

// concurrency counts the invocations in progress and refuses those above the limits.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
type concurrency struct {
	mu         sync.Mutex
	account    int
	reserved   map[string]int // function to its reservation
	running    map[string]int // function to its invocations
	unreserved int            // invocations of functions without reservation
}

func newConcurrency(account int) *concurrency {
	return &concurrency{account: account, reserved: map[string]int{}, running: map[string]int{}}
}

// reserve sets the reservation of a function; nil removes it.
func (c *concurrency) reserve(function string, limit *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.reserved, function)
	if limit != nil {
		c.reserved[function] = *limit
	}
}

// enter counts an invocation, or refuses it. leave undoes it and must be called once.
func (c *concurrency) enter(function string) (leave func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	limit, isReserved := c.reserved[function]
	if isReserved {
		if c.running[function] >= limit {
			return nil, &ThrottledError{Function: function, Reason: ReasonReserved}
		}
		c.running[function]++
		return func() { c.leave(function, false) }, nil
	}
	if c.unreserved >= c.account-c.sumReserved() {
		return nil, &ThrottledError{Function: function, Reason: ReasonAccount}
	}
	c.running[function]++
	c.unreserved++
	return func() { c.leave(function, true) }, nil
}

func (c *concurrency) leave(function string, fromPool bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running[function]--
	if fromPool {
		c.unreserved--
	}
}

func (c *concurrency) sumReserved() int {
	sum := 0
	for _, n := range c.reserved {
		sum += n
	}
	return sum
}
