package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// HeldBy returns all that the parts of a product hold on a person. A part that fails is named by the error, and what the
// others hold is returned beside it.
func HeldBy(ctx context.Context, tenant ent.Tenant, person ent.ID, holders ...ent.Holder) ([]ent.Holding, error) {
	var out []ent.Holding
	var errs []error
	for _, h := range holders {
		list, err := h.Held(ctx, tenant, person)
		if err != nil {
			errs = append(errs, fmt.Errorf("directory: held by %s: %w", h.Part(), err))
		}
		out = append(out, list...)
	}
	return out, errors.Join(errs...)
}

// EraseFrom erases a person from every part, the first one last: list the directory first, so that a part that fails can be asked again. It returns
// how many things each part erased.
func EraseFrom(ctx context.Context, tenant ent.Tenant, person ent.ID, holders ...ent.Holder) (map[string]int64, error) {
	out := map[string]int64{}
	for _, h := range slices.Backward(holders) {
		n, err := h.Erase(ctx, tenant, person)
		if err != nil {
			return out, fmt.Errorf("directory: erasing from %s: %w", h.Part(), err)
		}
		out[h.Part()] += n
	}
	return out, nil
}

// MergeIn gives what every part holds on gone to kept. When a part fails, those that succeeded are undone.
func MergeIn(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID, holders ...ent.Holder) error {
	for i, h := range holders {
		err := h.Merge(ctx, tenant, kept, gone)
		if err == nil {
			continue
		}
		err = fmt.Errorf("directory: merging in %s: %w", h.Part(), err)
		for j := i - 1; j >= 0; j-- {
			if undo := holders[j].Unmerge(ctx, tenant, kept, gone); undo != nil {
				err = errors.Join(err, fmt.Errorf("directory: undoing the merge in %s: %w", holders[j].Part(), undo))
			}
		}
		return err
	}
	return nil
}
