/// Suggests the name that the user probably meant.
package enum NearestName {
    /// The closest of `names` by edit distance; nil if none is close enough.
    package static func of(_ word: String, among names: [String]) -> String? {
        // Two different single letters are never close.
        let limit = word.count < 2 ? 0 : max(1, word.count / 3)
        return names.map { ($0, distance(word.lowercased(), $0.lowercased())) }
            .filter { $0.1 <= limit }
            .min { $0.1 < $1.1 }?.0
    }

    /// The text "did you mean 'x'?", or else `otherwise` and the list of names.
    static func suggestion(_ word: String, among names: [String], otherwise: String) -> String {
        of(word, among: names).map { "did you mean '\($0)'?" } ?? "\(otherwise) \(names.joined(separator: ", "))"
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours. Compares the first 64 characters of
    /// both words.
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
