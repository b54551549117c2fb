import Testing

@testable import Presentation

@Suite("Parts of bodies")
struct BodyPartTests {
    private static func find(_ number: Int, _ body: String) -> String {
        switch BodyPart.find(number, in: Array(body.utf8)) {
        case .success(let part): "\(part.number)/\(part.count) " + String(decoding: part.bytes, as: UTF8.self)
        case .failure(let missing): "missing of \(missing.count)"
        }
    }

    @Test("an element of an array is shown byte for byte")
    func elements() {
        let body = #" [ {"a": 1.50} , "x\u0041", 3] "#
        #expect(Self.find(1, body) == #"1/3 {"a": 1.50}"#)
        #expect(Self.find(2, body) == #"2/3 "x\u0041""#)
        #expect(Self.find(3, body) == "3/3 3")
    }

    @Test(
        "the error for a missing element contains the number of elements",
        arguments: [
            (0, "[1]", "missing of 1"), (2, "[1]", "missing of 1"), (-1, "[1]", "missing of 1"),
            (1, "[]", "missing of 0"),
            (1, "{}", "missing of 0"), (1, "", "missing of 0"), (1, "[1", "missing of 0"),
            (.max, "[1]", "missing of 1"),
            (.min, "[1]", "missing of 1"),
        ])
    func missing(number: Int, body: String, expected: String) {
        #expect(Self.find(number, body) == expected)
    }
}
