package spin

import (
	"context"
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/otel"
	"github.com/edgelint/edgelint/spin"
)

// inferencingParams is the record inferencing-params of fermyon:spin/llm.
type inferencingParams struct {
	MaxTokens                    uint32  `json:"maxTokens"`
	RepeatPenalty                float32 `json:"repeatPenalty"`
	RepeatPenaltyLastNTokenCount uint32  `json:"repeatPenaltyLastNTokenCount"`
	Temperature                  float32 `json:"temperature"`
	TopK                         uint32  `json:"topK"`
	TopP                         float32 `json:"topP"`
}

// defaultParams are Spin's parameters for components that give none.
var defaultParams = inferencingParams{
	MaxTokens: 100, RepeatPenalty: 1.1, RepeatPenaltyLastNTokenCount: 64, Temperature: 0.8, TopK: 40, TopP: 0.9,
}

// inferencingResult is the record inferencing-result.
type inferencingResult struct {
	Text  string
	Usage inferencingUsage
}

type inferencingUsage struct{ PromptTokenCount, GeneratedTokenCount uint32 }

// embeddingsResult is the record embeddings-result.
type embeddingsResult struct {
	Embeddings [][]float32
	Usage      embeddingsUsage
}

type embeddingsUsage struct{ PromptTokenCount uint32 }

// modelError is the variant error of fermyon:spin/llm.
type modelError struct {
	Case         uint8 // 0 model-not-supported, 1 runtime-error, 2 invalid-input
	RuntimeError string
	InvalidInput string
}

const (
	modelRuntimeError = 1
	modelInvalidInput = 2
)

// engine runs language models.
type engine interface {
	infer(ctx context.Context, model, prompt string, params inferencingParams) (inferencingResult, error)
	embed(ctx context.Context, model string, texts []string) (embeddingsResult, error)
}

// noEngine is the engine of hosts that have none: this one, and Spin's releases.
type noEngine struct{}

//lint:ignore ST1005 the words are Spin's own
var errNoEngine = errors.New("Local LLM operations are not supported in this version of Spin.")

func (noEngine) infer(context.Context, string, string, inferencingParams) (inferencingResult, error) {
	return inferencingResult{}, errNoEngine
}

func (noEngine) embed(context.Context, string, []string) (embeddingsResult, error) {
	return embeddingsResult{}, errNoEngine
}

// newEngine is the engine of a runtime configuration. Its requests tell of the trace
// that they are in.
func newEngine(c *spin.RuntimeConfig, telemetry *otel.Exporter) (engine, error) {
	if c == nil || c.LLMCompute == nil || c.LLMCompute.Type != "remote_http" {
		return noEngine{}, nil
	}
	return newRemoteEngine(c.LLMCompute, telemetry)
}

// permitsModel is an error unless the manifest grants a model.
func (g *grants) permitsModel(model string) *modelError {
	if g.permits(g.component.AIModels, "ai_models", model, "language model") {
		return nil
	}
	return &modelError{Case: modelInvalidInput, InvalidInput: fmt.Sprintf("The component does not have access to use '%s'. "+
		"To give the component access, add '%[1]s' to the 'ai_models' key for the component in your spin.toml manifest", model)}
}

func modelErrorOf(err error) modelError {
	return modelError{Case: modelRuntimeError, RuntimeError: err.Error()}
}

func modelOutcome[T any](v T, err error) (bind.Result[T, modelError], error) {
	return outcome(v, err, modelErrorOf)
}

func (g *grants) addLLM(imports *bind.Imports) {
	llm := imports.Interface("fermyon:spin/llm@2.0.0")
	llm.Func("infer", bind.Func3(func(ctx context.Context, model, prompt string, o bind.Option[inferencingParams]) (
		bind.Result[inferencingResult, modelError], error,
	) {
		if merr := g.permitsModel(model); merr != nil {
			return bind.Err[inferencingResult](*merr), nil
		}
		params := defaultParams
		if o.Some {
			params = o.Value
		}
		return modelOutcome(g.app.engine.infer(ctx, model, prompt, params))
	}))
	llm.Func("generate-embeddings", bind.Func2(func(ctx context.Context, model string, texts []string) (
		bind.Result[embeddingsResult, modelError], error,
	) {
		if merr := g.permitsModel(model); merr != nil {
			return bind.Err[embeddingsResult](*merr), nil
		}
		return modelOutcome(g.app.engine.embed(ctx, model, texts))
	}))
}
