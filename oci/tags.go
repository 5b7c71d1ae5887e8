package oci

import (
	"context"
	"fmt"
)

// Tags lists the repository's tags, in the registry's order. More than 10,000 are an
// error.
func (r *Repository) Tags(ctx context.Context) ([]string, error) {
	var all []string
	err := r.client.retry(ctx, r.name, func(ctx context.Context) error {
		all = nil
		return r.remote.Tags(ctx, "", func(page []string) error {
			if all = append(all, page...); len(all) > maxTags {
				return fmt.Errorf("more than %d tags", maxTags)
			}
			return nil
		})
	})
	if err != nil {
		return nil, wrap(r.name, "tags", err)
	}
	return all, nil
}
