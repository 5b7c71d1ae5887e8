package otel

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"

	"google.golang.org/protobuf/proto"
)

// sender sends messages of one signal to its collector.
type sender struct {
	endpoint *Endpoint
	client   *http.Client
}

func newSender(e *Endpoint) *sender {
	if e == nil {
		return nil
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if e.GRPC {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP2(true)
		t.Protocols.SetUnencryptedHTTP2(true)
	}
	return &sender{e, &http.Client{Transport: t}}
}

// send exports a message: TracesData, MetricsData or LogsData, which are the same on
// the wire as the requests that collectors take.
func (s *sender) send(ctx context.Context, m proto.Message) error {
	body, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.endpoint.Timeout, DefaultTimeout))
	defer cancel()
	if s.endpoint.GRPC {
		return s.call(ctx, body)
	}
	header := http.Header{"Content-Type": {"application/x-protobuf"}}
	if s.endpoint.Gzip {
		header.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	res, answer, err := s.post(ctx, header, body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s: %.200q", s.endpoint.URL, res.Status, answer)
	}
	return nil
}

// framePrefix is the size of what comes before a message of gRPC: a flag that says
// whether it is compressed, and its length.
const framePrefix = 5

// call sends a message by gRPC.
func (s *sender) call(ctx context.Context, body []byte) error {
	header := http.Header{"Content-Type": {"application/grpc"}, "Te": {"trailers"}}
	compressed := byte(0)
	if s.endpoint.Gzip {
		header.Set("Grpc-Encoding", "gzip")
		body, compressed = compress(body), 1
	}
	frame := make([]byte, framePrefix, framePrefix+len(body))
	frame[0] = compressed
	binary.BigEndian.PutUint32(frame[1:], uint32(len(body)))
	res, _, err := s.post(ctx, header, append(frame, body...))
	if err != nil {
		return err
	}
	// An answer without messages has its status in the header.
	status := cmp.Or(res.Trailer.Get("Grpc-Status"), res.Header.Get("Grpc-Status"))
	if res.StatusCode != http.StatusOK || status != "0" {
		text := cmp.Or(res.Trailer.Get("Grpc-Message"), res.Header.Get("Grpc-Message"))
		return fmt.Errorf("%s answered %s, grpc-status %q: %s", s.endpoint.URL, res.Status, status, text)
	}
	return nil
}

// maxAnswer bounds what is read of a collector's answer.
const maxAnswer = 1 << 20

func (s *sender) post(ctx context.Context, header http.Header, body []byte) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.URL, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	for name, values := range s.endpoint.Header {
		req.Header[name] = values
	}
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res, bytes.TrimSpace([]byte(strings.ToValidUTF8(string(answer), "?"))), err
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}
