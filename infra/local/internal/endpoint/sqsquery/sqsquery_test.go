package sqsquery

import "testing"

func TestRequestsAreTranslated(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, path, want string }{
		{
			"texts and numbers", "Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fx%2F0%2Fq&MessageBody=5&DelaySeconds=3", "/",
			`{"DelaySeconds":3,"MessageBody":"5","QueueUrl":"http://x/0/q"}`,
		},
		{"the queue in the path", "Action=PurgeQueue", "/000000000000/q", `{"QueueUrl":"/000000000000/q"}`},
		{"lists in the order of their numbers", "AttributeName.10=c&AttributeName.2=b&AttributeName.1=a", "/", `{"AttributeNames":["a","b","c"]}`},
		{
			"maps", "Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Attribute.2.Name=Policy&Attribute.2.Value=", "/",
			`{"Attributes":{"DelaySeconds":"5","Policy":""}}`,
		},
		{"tags of a new queue", "Action=CreateQueue&QueueName=q&Tag.1.Key=a&Tag.1.Value=b", "/", `{"QueueName":"q","tags":{"a":"b"}}`},
		{
			"message attributes", "MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v", "/",
			`{"MessageAttributes":{"n":{"DataType":"String","StringValue":"v"}}}`,
		},
		{
			"batches", "SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.DelaySeconds=1", "/",
			`{"Entries":[{"DelaySeconds":1,"Id":"a"},{"Id":"b"}]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Request([]byte(tt.body), tt.path)
			if err != nil || string(got) != tt.want {
				t.Errorf("request = %s, %v\nwant      %s", got, err, tt.want)
			}
		})
	}
}

func TestAnswersAreTranslated(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, action, body, want string }{
		{"nothing", "DeleteMessage", "{}", ""},
		{"texts", "GetQueueUrl", `{"QueueUrl":"http://x/0/<q>"}`, "<GetQueueUrlResult><QueueUrl>http://x/0/&lt;q&gt;</QueueUrl></GetQueueUrlResult>"},
		{"lists", "ListQueues", `{"QueueUrls":["a","b"]}`, "<ListQueuesResult><QueueUrl>a</QueueUrl><QueueUrl>b</QueueUrl></ListQueuesResult>"},
		{
			"messages", "ReceiveMessage", `{"Messages":[{"Body":"x","Attributes":{"B":"2","A":"1"},"MessageAttributes":{"n":{"DataType":"String","StringValue":"v"}}}]}`,
			"<ReceiveMessageResult><Message><Attribute><Name>A</Name><Value>1</Value></Attribute><Attribute><Name>B</Name><Value>2</Value></Attribute>" +
				"<Body>x</Body><MessageAttribute><Name>n</Name><Value><DataType>String</DataType><StringValue>v</StringValue></Value></MessageAttribute>" +
				"</Message></ReceiveMessageResult>",
		},
		{
			"batches", "SendMessageBatch", `{"Successful":[{"Id":"a"}],"Failed":[{"Id":"b","SenderFault":true}]}`,
			"<SendMessageBatchResult><BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault></BatchResultErrorEntry>" +
				"<SendMessageBatchResultEntry><Id>a</Id></SendMessageBatchResultEntry></SendMessageBatchResult>",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Answer(tt.action, []byte(tt.body), "ID")
			want := "<" + tt.action + `Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">` + tt.want +
				"<ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></" + tt.action + "Response>"
			if err != nil || string(got) != want {
				t.Errorf("answer = %s, %v\nwant     %s", got, err, want)
			}
		})
	}
}

func TestErrorsKeepTheirOldCodes(t *testing.T) {
	t.Parallel()
	body := []byte(`{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}`)
	if code, message := Error(body, "AWS.SimpleQueueService.NonExistentQueue;Sender"); code != "AWS.SimpleQueueService.NonExistentQueue" || message != "The specified queue does not exist." {
		t.Errorf("error = %s, %s", code, message)
	}
	if code, _ := Error(body, ""); code != "QueueDoesNotExist" {
		t.Errorf("code without a header = %s, want QueueDoesNotExist", code)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add("Action=SendMessage&Attribute.1.Name=a&Attribute.x.Value=b&Attribute=c&SendMessageBatchRequestEntry.1=d", "/")
	f.Add("..=&.=1&Tag..Key=", "/q")
	f.Fuzz(func(_ *testing.T, body, path string) {
		_, _ = Request([]byte(body), path)
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add("ReceiveMessage", `{"Messages":[{"Attributes":{"A":null}},1,[2]],"Tags":[]}`)
	f.Fuzz(func(_ *testing.T, action, body string) {
		_, _ = Answer(action, []byte(body), "ID")
	})
}
