package lint

import (
	"slices"

	"github.com/edgelint/edgelint/component/platform"
	"github.com/edgelint/edgelint/wit"
)

// Fit is a world that a component must fit.
type Fit struct {
	Name  string // as the user named it
	Set   *wit.Resolve
	World wit.WorldID
	// Strict demands the exact versions of interfaces, as instantiation does;
	// else they match by semver track.
	Strict bool
}

// Mismatches compares the component with the world of [Options.Fit]. There are
// none for what is no valid component.
func (a *Artifact) Mismatches(fit *Fit) ([]wit.Mismatch, error) {
	if a.Component() == nil || len(a.Faults()) > 0 {
		return nil, nil
	}
	return a.Info().Target(a.File, fit.Set, fit.World, wit.TargetOptions{SemverCompatible: !fit.Strict})
}

// Platforms is where a component runs.
type Platforms struct {
	// Demanded reports whether platforms were asked for; else the question is
	// whether some Spin runs the component.
	Demanded bool
	// Verdicts are those on the platforms asked for, in that order. If none was
	// asked for and no Spin runs the component, it is the verdict on the Spin
	// that comes nearest.
	Verdicts []*platform.Verdict
	// RunsOn are the releases of Spin and of its Kubernetes shim that run it.
	RunsOn []*platform.Profile
}

// JudgeOn tells whether the component runs on a platform with what else supplies
// its imports. It must be valid.
func (a *Artifact) JudgeOn(p *platform.Profile) (*platform.Verdict, error) {
	v, err := platform.Judge(a.File, a.Info(), p)
	if err != nil {
		return nil, err
	}
	v.Supply(a.supplied)
	return v, nil
}

// Platforms judges the component for the platforms of [Options.Targets]. It is
// nil for what is no valid component.
func (a *Artifact) Platforms() (*Platforms, error) { return a.judged() }

func judgePlatforms(a *Artifact, targets []string) (*Platforms, error) {
	if a.Component() == nil || len(a.Faults()) > 0 {
		return nil, nil
	}
	if _, _, err := a.Info().World(a.File); err != nil {
		return nil, nil // a WIT package, or more than WIT can express: nothing to judge
	}
	if len(targets) == 0 {
		if p, err := someSpin(a); p != nil || err != nil {
			return p, err
		}
	}
	verdicts, err := platform.JudgeAll(a.File, a.Info())
	if err != nil {
		return nil, err
	}
	for _, v := range verdicts {
		v.Supply(a.supplied)
	}
	p := &Platforms{Demanded: len(targets) > 0}
	byName := map[string]*platform.Verdict{}
	var spins []*platform.Verdict
	for _, v := range verdicts {
		byName[v.Profile.Name] = v
		host := v.Profile.Host()
		if host == "spin" {
			spins = append(spins, v)
		}
		if v.Runs() && (host == "spin" || host == "containerd-shim-spin") {
			p.RunsOn = append(p.RunsOn, v.Profile)
		}
	}
	if !p.Demanded && len(p.RunsOn) == 0 {
		p.Verdicts = append(p.Verdicts, platform.Best(spins))
	}
	for _, name := range targets {
		profile, err := platform.Lookup(name)
		if err != nil {
			return nil, err
		}
		p.Verdicts = append(p.Verdicts, byName[profile.Name])
	}
	return p, nil
}

// someSpin looks for a Spin that runs the component, the newest first, and ends at
// the first that is released: that is all there is to know by default. It is nil
// if there is none.
func someSpin(a *Artifact) (*Platforms, error) {
	found := &Platforms{}
	for _, profile := range slices.Backward(platform.All()) {
		if profile.Host() != "spin" || !profile.Calls(a.Component()) {
			continue
		}
		v, err := a.JudgeOn(profile)
		if err != nil {
			return nil, err
		}
		if !v.Runs() {
			continue
		}
		found.RunsOn = append(found.RunsOn, profile)
		if !profile.Preview {
			return found, nil
		}
	}
	if len(found.RunsOn) == 0 {
		return nil, nil
	}
	return found, nil
}
