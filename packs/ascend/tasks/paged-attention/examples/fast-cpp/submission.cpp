// Paged attention by groups: the heads of a group share every key and value that is read, straight from the cache.
//
// Values are added four tokens at a time, so that the sums of a head are loaded and stored a quarter as often.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

namespace {

constexpr int64_t LANES = 16;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

inline Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

inline void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

inline float sum_of(Lanes v) {
    v += __builtin_shuffle(v, Integers{8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7});
    v += __builtin_shuffle(v, Integers{4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3});
    v += __builtin_shuffle(v, Integers{2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1});
    return v[0] + v[1];
}

// e^x between -87 and 88: x = n·ln 2 + r, a polynomial in r, and n added to the exponent.
inline Lanes exponential(Lanes x) {
    const Lanes lowest = Lanes{} - 87.0f, highest = Lanes{} + 88.0f;
    x = x < lowest ? lowest : x;
    x = x > highest ? highest : x;
    const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to an integer
    const Lanes shifted = x * 1.44269504f + magic;
    const Lanes n = shifted - magic;
    const Lanes r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    Lanes p = r * 8.3333333e-3f + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const Integers power = (reinterpret_cast<Integers>(shifted) + 127) << 23;
    return p * reinterpret_cast<Lanes>(power);
}

constexpr int64_t FOUR = 4;

struct Group {
    int64_t channels, many, wide;
    std::vector<float> asked, scores, sums, rows;

    Group(int64_t channels, int64_t many, int64_t longest)
        : channels(channels), many(many), wide((channels + LANES - 1) / LANES * LANES), asked(room(many * wide)),
          scores(room(many * (longest + LANES))), sums(room(many * wide)), rows(room(FOUR * wide)) {}

    static std::vector<float> room(int64_t n) { return std::vector<float>(static_cast<size_t>(n)); }

    // A row of the cache, padded to whole vectors: the cache itself where it is so already.
    template <typename Element>
    const float *row(const Element *from, int64_t place) {
        if constexpr (std::is_same_v<Element, float>) {
            if (wide == channels) return from;
        }
        float *to = rows.data() + place * wide;
        for (int64_t c = 0; c < channels; ++c) to[c] = static_cast<float>(from[c]);
        return to;
    }

    void score(const float *key, float *to, int64_t stride) {
        for (int64_t head = 0; head < many; ++head) {
            const float *query = asked.data() + head * wide;
            Lanes products = {};
            for (int64_t c = 0; c < wide; c += LANES) products += load(query + c) * load(key + c);
            to[head * stride] = sum_of(products);
        }
    }

    // Adds COUNT rows, each by its weight, to the sums of every head.
    template <int64_t COUNT>
    void add(const float *const *value, const float *weights, int64_t stride) {
        for (int64_t head = 0; head < many; ++head, weights += stride) {
            float *to = sums.data() + head * wide;
            for (int64_t c = 0; c < wide; c += LANES) {
                Lanes total = load(to + c);
                for (int64_t k = 0; k < COUNT; ++k) total += load(value[k] + c) * weights[k];
                store(to + c, total);
            }
        }
    }
};

// Turns `length` scores into weights, padded with zeros; returns their sum.
float weigh(float *scores, int64_t length, int64_t stride) {
    std::fill(scores + length, scores + stride, -INFINITY);
    Lanes peaks = Lanes{} - INFINITY, sums = {};
    for (int64_t t = 0; t < stride; t += LANES) {
        const Lanes v = load(scores + t);
        peaks = v > peaks ? v : peaks;
    }
    float peak = -INFINITY;
    for (int64_t k = 0; k < LANES; ++k) peak = std::max(peak, peaks[k]);
    for (int64_t t = 0; t < stride; t += LANES) {
        const Lanes weight = exponential(load(scores + t) - peak);
        store(scores + t, weight);
        sums += weight;
    }
    return sum_of(sums);
}

template <typename Element>
void attend(const Element *query, const Element *keys, const Element *values, const int64_t *tables,
            const int64_t *lengths, Element *y, int64_t sequences, int64_t heads, int64_t channels,
            int64_t page, int64_t groups, int64_t pages) {
    const float scale = 1.0f / std::sqrt(static_cast<float>(channels));
    const int64_t many = heads / groups;
    Group work(channels, many, page * pages);
    float *scores = work.scores.data();
    std::vector<float> totals(static_cast<size_t>(many));
    for (int64_t s = 0; s < sequences; ++s, tables += pages) {
        const int64_t length = lengths[s], stride = (length + LANES - 1) / LANES * LANES;
        for (int64_t group = 0; group < groups; ++group, query += many * channels, y += many * channels) {
            const auto place = [&](int64_t t) {
                return ((tables[t / page] * page + t % page) * groups + group) * channels;
            };
            for (int64_t head = 0; head < many; ++head) {
                for (int64_t c = 0; c < channels; ++c) {
                    work.asked[static_cast<size_t>(head * work.wide + c)] =
                        static_cast<float>(query[head * channels + c]) * scale;
                }
            }
            for (int64_t t = 0; t < length; ++t) work.score(work.row(keys + place(t), 0), scores + t, stride);
            for (int64_t head = 0; head < many; ++head) {
                totals[static_cast<size_t>(head)] = weigh(scores + head * stride, length, stride);
            }
            std::fill(work.sums.begin(), work.sums.end(), 0.0f);
            int64_t t = 0;
            for (; t + FOUR <= length; t += FOUR) {
                const float *rows[FOUR];
                for (int64_t k = 0; k < FOUR; ++k) rows[k] = work.row(values + place(t + k), k);
                work.add<FOUR>(rows, scores + t, stride);
            }
            for (; t < length; ++t) {
                const float *row = work.row(values + place(t), 0);
                work.add<1>(&row, scores + t, stride);
            }
            for (int64_t head = 0; head < many; ++head) {
                const float share = length ? 1.0f / totals[static_cast<size_t>(head)] : 0.0f;
                for (int64_t c = 0; c < channels; ++c) {
                    const float sum = work.sums[static_cast<size_t>(head * work.wide + c)];
                    y[head * channels + c] = static_cast<Element>(sum * share);
                }
            }
        }
    }
}

}  // namespace

extern "C" void paged_attention_float32(const float *query, const float *keys, const float *values,
                                        const int64_t *tables, const int64_t *lengths, float *y,
                                        int64_t sequences, int64_t heads, int64_t channels, int64_t page,
                                        int64_t groups, int64_t pages) {
    attend(query, keys, values, tables, lengths, y, sequences, heads, channels, page, groups, pages);
}

extern "C" void paged_attention_float16(const _Float16 *query, const _Float16 *keys, const _Float16 *values,
                                        const int64_t *tables, const int64_t *lengths, _Float16 *y,
                                        int64_t sequences, int64_t heads, int64_t channels, int64_t page,
                                        int64_t groups, int64_t pages) {
    attend(query, keys, values, tables, lengths, y, sequences, heads, channels, page, groups, pages);
}
