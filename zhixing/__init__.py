"""The core of Zhixing: nouns and rules of training, records, classroom and hub."""
