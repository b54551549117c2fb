/// The name somebody probably meant.
package enum NearestName {
    /// The closest of `names` by edits of a letter, where it is close enough to be meant.
    package static func of(_ word: String, among names: [String]) -> String? {
        // Of a single letter, another one is too much.
        let limit = word.count < 2 ? 0 : max(1, word.count / 3)
        return names.map { ($0, distance(word.lowercased(), $0.lowercased())) }
            .filter { $0.1 <= limit }
            .min { $0.1 < $1.1 }?.0
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
    static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first.prefix(64))
        let second = Array(second.prefix(64))
        var twoBack: [Int] = []
        var previous = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let replacement = previous[column] + (first[row] == second[column] ? 0 : 1)
                var best = min(replacement, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, twoBack[column - 1] + 1)
                }
                current.append(best)
            }
            twoBack = previous
            previous = current
        }
        return previous[second.count]
    }
}
