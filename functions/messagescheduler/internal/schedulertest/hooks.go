package schedulertest

// ended ends a call and calls the hook.
func ended(unlock func(), hook func(string) error, method string) func() {
	return func() {
		unlock()
		if hook != nil {
			_ = hook(method + " done")
		}
	}
}
