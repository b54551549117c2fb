internal import StrictJSON

extension Sample {
    /// The value of `response` in expected.json.
    package struct ExpectedResponse: Sendable {
        package let status: Int
        package let location: String?
        package let body: String?
    }

    /// The expected row in the journal, from expected.json.
    package struct ExpectedArchival: Sendable {
        package let source: String
        package let verification: String
        package let bodyByteCount: Int
        /// The SHA-256 of the body as hexadecimal digits.
        package let bodySHA256: String
    }

    /// A key is missing in expected.json.
    package struct MissingKey: Error {
        package let name: String
    }

    package func expectedResponse() throws -> ExpectedResponse {
        let response = expected.root["response"]
        guard let status = response?["status"]?.scalarText.flatMap({ Int($0) }) else {
            throw MissingKey(name: "response.status")
        }
        return ExpectedResponse(
            status: status, location: response?["location"]?.string, body: response?["body"]?.string)
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
