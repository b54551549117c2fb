internal import Deliveries

extension Sample {
    /// The request's body: for tests of modules that know nothing of requests.
    package var body: [UInt8] {
        request.body
    }

    /// The cases whose request has a body; all of these are JSON.
    package static let withBody = all.filter { !$0.body.isEmpty }
}
