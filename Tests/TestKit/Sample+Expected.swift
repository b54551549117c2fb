internal import StrictJSON

extension Sample {
    /// The key `answer` of expected.json.
    package struct ExpectedAnswer: Sendable {
        package let status: Int
        package let location: String?
        package let body: String?
    }

    /// What expected.json says of the row in the journal.
    package struct ExpectedArchival: Sendable {
        package let source: String
        package let verification: String
        package let bodyByteCount: Int
        /// In hexadecimal.
        package let bodySHA256: String
    }

    /// A key that expected.json lacks.
    package struct MissingKey: Error {
        package let name: String
    }

    package func expectedAnswer() throws -> ExpectedAnswer {
        let answer = expected.root["answer"]
        guard let status = answer?["status"]?.scalarText.flatMap({ Int($0) }) else {
            throw MissingKey(name: "answer.status")
        }
        return ExpectedAnswer(status: status, location: answer?["location"]?.string, body: answer?["body"]?.string)
    }

    package func expectedArchival() throws -> ExpectedArchival {
        let root = expected.root
        guard let source = root["source"]?.string, let verification = root["verification"]?.string,
            let byteCount = root["bodyByteCount"]?.scalarText.flatMap({ Int($0) }),
            let digest = root["bodySHA256"]?.string
        else { throw MissingKey(name: "source, verification, bodyByteCount or bodySHA256") }
        return ExpectedArchival(
            source: source, verification: verification, bodyByteCount: byteCount, bodySHA256: digest)
    }
}
