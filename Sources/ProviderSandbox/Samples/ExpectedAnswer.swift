internal import Foundation

/// The part of expected.json that the sandbox checks. The rest of the file is about what the receiver makes of the
/// delivery.
package struct ExpectedAnswer: Sendable, Equatable {
    /// The status of the answer to the case when it is signed as its provider signs it.
    package let status: Int

    package init(status: Int) {
        self.status = status
    }

    /// Reads `{"answer": {"status": …}}`; nil where that is not there or is no HTTP status.
    package init?(parsing json: [UInt8]) {
        guard let file = try? JSONDecoder().decode(ExpectedFile.self, from: Data(json)),
            (100...599).contains(file.answer.status)
        else { return nil }
        self.init(status: file.answer.status)
    }
}

private struct ExpectedFile: Decodable {
    struct Answer: Decodable {
        let status: Int
    }

    let answer: Answer
}
