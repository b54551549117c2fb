/// Why something cannot be imported, in words that continue "line 3 of x.ndjson".
struct ImportProblem: Error, Equatable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
