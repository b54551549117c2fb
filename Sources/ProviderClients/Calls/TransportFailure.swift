/// Why there is no answer, told by what may have happened at the other side.
package enum TransportFailure: Error, Sendable, Equatable {
    /// The request never left: nothing happened there.
    case notSent(problem: String)
    /// The request left, or may have; nobody knows whether it was carried out.
    case noResponse(problem: String)
    /// An answer came and was longer than is read; the request was carried out.
    case tooLong
}
