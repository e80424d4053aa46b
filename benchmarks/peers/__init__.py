"""The servers that are compared, each as `application(place)`: the same paths and answers on the same tables."""
