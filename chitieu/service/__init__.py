"""The extractor as a web service: a JSON API, and the back end that Label Studio asks for predictions."""
