package subscriber

import "errors"

// ErrNotUnderstood says that the message is genuine, and no alert. Repeating it is of no use.
var ErrNotUnderstood = errors.New("message not understood")

// ErrBusy says that another invocation is sending the same message at this moment. Repeating it later is.
var ErrBusy = errors.New("message is being sent")

// errUnsubscribed is noted in the dead-letter queue when SNS says that the subscription has ended.
var errUnsubscribed = errors.New("the topic's subscription was removed, alerts no longer arrive; deploy again, or confirm with the message's token")
