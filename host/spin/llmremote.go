package spin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/edgelint/edgelint/host/wasi/otel"
	"github.com/edgelint/edgelint/spin"
)

// remote asks a server that runs language models.
type remote struct {
	base      *url.URL
	token     string
	client    *http.Client
	telemetry *otel.Exporter
}

// newRemoteEngine is the engine of [llm_compute] with the type remote_http.
func newRemoteEngine(c *spin.LLMCompute, telemetry *otel.Exporter) (engine, error) {
	base, err := url.Parse(c.URL.Value)
	if err != nil {
		return nil, fmt.Errorf("%s: llm_compute.url: %w", c.URL.Pos, err)
	}
	r := &remote{base: base, token: c.AuthToken.Value, client: &http.Client{}, telemetry: telemetry}
	if c.APIType == "open_ai" {
		return openAI{r}, nil
	}
	return spinAPI{r}, nil
}

// post sends a request, and reads its answer into out.
func (r *remote) post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	// The path replaces that of the configured URL, as it does in Spin.
	u := r.base.ResolveReference(&url.URL{Path: path})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "bearer "+r.token)
	req.Header.Set("Content-Type", "application/json")
	r.telemetry.Inject(ctx, req.Header)
	res, err := r.client.Do(req)
	if err != nil {
		return fmt.Errorf("POST %s request error: %w", path, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxModelAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("POST %s request error: %w", path, err)
	case len(data) > maxModelAnswer:
		return fmt.Errorf("POST %s: the answer has more than %d bytes", path, maxModelAnswer)
	case res.StatusCode/100 != 2:
		return fmt.Errorf("POST %s: the server answered %s%s", path, res.Status, complaint(data))
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("POST %s: the answer is not what was expected: %w", path, err)
	}
	return nil
}

// maxModelAnswer bounds the text of an answer. Its vectors may take several times as
// much in memory.
const maxModelAnswer = 64 << 20

// maxComplaint bounds what is quoted of a server's error.
const maxComplaint = 512

// complaint is what a server says of an error.
func complaint(data []byte) string {
	var e struct {
		Error struct{ Message string }
	}
	text := string(data)
	if json.Unmarshal(data, &e) == nil && e.Error.Message != "" {
		text = e.Error.Message
	}
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return ": " + strings.ToValidUTF8(text[:min(len(text), maxComplaint)], "")
}

// spinAPI is the protocol of the api_type "default".
type spinAPI struct{ *remote }

func (s spinAPI) infer(ctx context.Context, model, prompt string, params inferencingParams) (inferencingResult, error) {
	in := struct {
		Model   string            `json:"model"`
		Prompt  string            `json:"prompt"`
		Options inferencingParams `json:"options"`
	}{model, prompt, params}
	var out struct {
		Text  *string
		Usage *inferencingUsage
	}
	if err := s.post(ctx, "/infer", in, &out); err != nil {
		return inferencingResult{}, err
	}
	if out.Text == nil || out.Usage == nil {
		return inferencingResult{}, errors.New("POST /infer: the answer has no text or no usage")
	}
	return inferencingResult{*out.Text, *out.Usage}, nil
}

func (s spinAPI) embed(ctx context.Context, model string, texts []string) (embeddingsResult, error) {
	in := struct {
		Model string   `json:"model"`
		Input []string `json:"input"`
	}{model, texts}
	var out struct {
		Embeddings [][]float32
		Usage      *embeddingsUsage
	}
	if err := s.post(ctx, "/embed", in, &out); err != nil {
		return embeddingsResult{}, err
	}
	if out.Embeddings == nil || out.Usage == nil {
		return embeddingsResult{}, errors.New("POST /embed: the answer has no embeddings or no usage")
	}
	return embeddingsResult{out.Embeddings, *out.Usage}, nil
}

// openAI is the protocol of the api_type "open_ai". Of the parameters it has
// max-tokens and repeat-penalty.
type openAI struct{ *remote }

// openAIUsage counts tokens, and openAIError comes in place of all else.
type (
	openAIUsage struct {
		PromptTokens     uint32 `json:"prompt_tokens"`
		CompletionTokens uint32 `json:"completion_tokens"`
	}
	openAIError struct{ Message string }
)

func (o openAI) infer(ctx context.Context, model, prompt string, params inferencingParams) (inferencingResult, error) {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	in := struct {
		Messages            []message `json:"messages"`
		Model               string    `json:"model"`
		MaxCompletionTokens uint32    `json:"max_completion_tokens"`
		FrequencyPenalty    float32   `json:"frequency_penalty"`
	}{[]message{{"user", prompt}}, model, params.MaxTokens, params.RepeatPenalty}
	var out struct {
		Choices [1]struct{ Message message } // the others are not asked for
		Usage   *openAIUsage
		Error   *openAIError
	}
	const path = "/v1/chat/completions"
	if err := o.post(ctx, path, in, &out); err != nil {
		return inferencingResult{}, err
	}
	if out.Error != nil {
		return inferencingResult{}, errors.New(out.Error.Message)
	}
	if out.Usage == nil {
		return inferencingResult{}, fmt.Errorf("POST %s: the answer has no usage", path)
	}
	return inferencingResult{
		Text: out.Choices[0].Message.Content, Usage: inferencingUsage{out.Usage.PromptTokens, out.Usage.CompletionTokens},
	}, nil
}

func (o openAI) embed(ctx context.Context, model string, texts []string) (embeddingsResult, error) {
	in := struct {
		Input []string `json:"input"`
		Model string   `json:"model"`
	}{texts, model}
	var out struct {
		Data  []struct{ Embedding []float32 }
		Usage *openAIUsage
		Error *openAIError
	}
	const path = "/v1/embeddings"
	if err := o.post(ctx, path, in, &out); err != nil {
		return embeddingsResult{}, err
	}
	if out.Error != nil {
		return embeddingsResult{}, errors.New(out.Error.Message)
	}
	if out.Usage == nil {
		return embeddingsResult{}, fmt.Errorf("POST %s: the answer has no usage", path)
	}
	result := embeddingsResult{Embeddings: [][]float32{}, Usage: embeddingsUsage{out.Usage.PromptTokens}}
	for _, d := range out.Data {
		result.Embeddings = append(result.Embeddings, d.Embedding)
	}
	return result, nil
}
